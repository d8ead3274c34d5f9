"""Clients that do not speak, or do not listen, take nothing away from those that pay."""

import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
import requests
import stripe

from config.bench import clients, silent
from config.deployment.programs import IDLE_SECONDS
from config.door.kinds import MIB
from tests.accounts.test_files import PNG

pytestmark = pytest.mark.slow

COUNT = 100
# Generous: on an idle machine it is a hundredth of it.
SECONDS = 20

TYPE_OF_FORMS = b"Content-Type: application/x-www-form-urlencoded"
LONG_BODY = TYPE_OF_FORMS + b"\r\nContent-Length: 5000\r\n\r\n"
IN_PARTS = (
    b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000\r\n\r\n"
    b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
)


def head(method, path, *more):
    lines = (f"{method} {path} HTTP/1.1".encode(), b"Host: 127.0.0.1", *more, b"")
    return b"\r\n".join(lines)


SILENT = {
    "a body announced to a processor's door": head("POST", "/inbound/stripe/") + LONG_BODY,
    "a body announced to the log-in": head("POST", "/login/") + LONG_BODY,
    "a body announced to OAuth": head("POST", "/oauth/token") + LONG_BODY,
    "a body announced to the API": head("POST", "/v1/payment_intents") + LONG_BODY,
    "a file begun at the log-in": head("POST", "/login/") + IN_PARTS,
    "a body in pieces": head("POST", "/inbound/stripe/", b"Transfer-Encoding: chunked\r\n\r\n5"),
    "a head without an end": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-A: 1\r\n" * 7_000,
    "half a head": b"POST /v1/payment_intents HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthoriz",
    "nothing at all": b"",
}  # fmt: skip
# What a connection of its own says before it falls silent.
LEFT_ALONE = {
    "a body announced to the API": SILENT["a body announced to the API"],
    "half a head": SILENT["half a head"],
    "nothing at all": b"",
    "a request that is answered": head("GET", "/livez") + b"\r\n",
}


@contextmanager
def hold(server, sent, count=COUNT):
    """Hold so many connections that have said this, and say nothing more."""
    with ExitStack() as lines:
        opened = []
        for _ in range(count):
            line = socket.create_connection(("127.0.0.1", server.home.port), timeout=60)
            lines.enter_context(closing(line))
            line.sendall(sent)
            opened.append(line)
        yield opened


def pay(server, times=8):
    client = stripe.StripeClient(
        server.secret_key,
        base_addresses={"api": server.base_url},
        http_client=stripe.RequestsClient(timeout=SECONDS),
        max_network_retries=0,
    )
    for _ in range(times):
        intent = client.v1.payment_intents.create(
            {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
        )
        assert intent.status == "succeeded"


def hear(line):
    return b"".join(iter(lambda: line.recv(65_536), b""))


def drip(line, request):
    """Send a request at a byte a second, and return what is answered meanwhile."""
    answer = b""
    line.settimeout(1)
    with suppress(ConnectionError):
        for byte in request:
            line.send(bytes([byte]))
            with suppress(TimeoutError):
                while piece := line.recv(65_536):
                    answer += piece
                return answer
    return answer


@pytest.fixture(scope="module")
def patient(rialto_server):
    """What a connection of each kind hears until it is closed, and after how many seconds.

    They begin with the first test and wait while the others go on, from an address of their own.
    """
    key = f"Authorization: Bearer {rialto_server.secret_key}".encode()
    form = b"amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true"
    length = f"Content-Length: {len(form)}".encode()
    post = head("POST", "/v1/payment_intents", key, TYPE_OF_FORMS, length) + b"\r\n"
    kinds = {kind: (sent, hear) for kind, sent in LEFT_ALONE.items()} | {
        "a body at a byte a second": (post, lambda line: drip(line, form)),
        "a head at a byte a second": (b"", lambda line: drip(line, post)),
    }

    def left_alone(sent, then):
        started = time.monotonic()
        with closing(socket.socket()) as line:
            line.settimeout(60)
            line.bind(("127.0.0.3", 0))
            line.connect(("127.0.0.1", rialto_server.home.port))
            line.sendall(sent)
            return then(line), time.monotonic() - started

    with ThreadPoolExecutor(len(kinds)) as pool:
        yield {kind: pool.submit(left_alone, *one) for kind, one in kinds.items()}


def test_clients_at_a_byte_a_second_keep_nobody_from_paying(rialto_server, patient):
    pay(rialto_server, times=1)

    assert len(patient) > len(LEFT_ALONE)


@pytest.mark.parametrize("kind", SILENT)
def test_two_hundred_silent_clients_keep_nobody_from_paying(rialto_server, kind):
    with hold(rialto_server, SILENT[kind], count=200):
        pay(rialto_server)


def test_twelve_hundred_idle_connections_keep_nobody_from_paying(rialto_server):
    with hold(rialto_server, b"", count=1200):
        pay(rialto_server)


def test_whoever_takes_no_download_keeps_nobody_from_paying(rialto_server):
    with hold(rialto_server, head("GET", "/docs/openapi.json") + b"\r\n"):
        pay(rialto_server)


def test_whoever_takes_no_file_keeps_nobody_from_paying(rialto_server):
    file = uploaded(rialto_server, PNG + bytes(3 * MIB))
    key = f"Authorization: Bearer {rialto_server.secret_key}".encode()

    with hold(rialto_server, head("GET", f"/v1/files/{file}/contents", key) + b"\r\n"):
        pay(rialto_server)


@pytest.mark.parametrize("kind", ["a body announced to the API", "a body at a byte a second"])
def test_a_body_that_does_not_come_is_refused_in_the_words_of_the_api(patient, kind):
    answer, _ = patient[kind].result()

    assert answer.startswith(b"HTTP/1.1 408 ")
    error = json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
    assert error["type"] == "invalid_request_error"
    assert "within 10 seconds" in error["message"]


@pytest.mark.parametrize(
    "kind",
    [
        "nothing at all",
        "half a head",
        "a request that is answered",
        "a head at a byte a second",
    ],
)
def test_a_connection_that_sends_too_little_is_closed(patient, kind):
    answer, seconds = patient[kind].result()

    assert b"payment_intent" not in answer
    assert seconds < IDLE_SECONDS * 3


@pytest.mark.parametrize("path", ["/v1/files", "/login/", "/inbound/stripe/", "/oauth/token"])
def test_nobody_without_a_key_is_listened_to_for_long(rialto_server, path):
    """Sixty megabytes are announced; the answer comes before the first of them."""
    port = rialto_server.home.port
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.putrequest("POST", path)
        line.putheader("Content-Type", "multipart/form-data; boundary=x")
        line.putheader("Content-Length", str(60 * MIB))
        line.endheaders()
        answer = line.getresponse()

    assert answer.status == (401 if path == "/v1/files" else 413)


def uploaded(server, content):
    answer = requests.post(
        f"{server.base_url}/v1/files",
        data={"purpose": "dispute_evidence"},
        files={"file": ("a.png", content, "image/png")},
        headers={"Authorization": f"Bearer {server.secret_key}"},
        timeout=SECONDS,
    )
    return answer.json()["id"]


def test_the_bench_holds_clients_of_each_kind_while_it_pays(rialto_server):
    target = clients.payment(port=rialto_server.home.port, secret_key=rialto_server.secret_key)

    assert set(silent.growth(target, seconds=0.5)) == set(silent.KINDS)
