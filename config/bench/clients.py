"""Eight shops that pay as fast as they are answered, and cost next to nothing themselves."""

import itertools
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

CLIENTS = 8
_ANSWER_SECONDS = 20
_END_OF_HEAD = b"\r\n\r\n"
_END_OF_CHUNKS = b"0\r\n\r\n"


class Refused(RuntimeError):
    """A payment did not succeed."""


@dataclass(frozen=True, slots=True)
class Target:
    """A request that is written once and sent many times.

    Args:
        port: The port, on loopback.
        before: All up to the idempotency key.
        after: All after it.
        then: A second request, in which `ID` stands for the id that the first one answers.
        paid: What the last answer says of a payment that succeeded.
    """

    port: int
    before: bytes
    after: bytes
    then: bytes = b""
    paid: bytes = b'"status":"succeeded"'


@dataclass(slots=True)
class Result:
    """The measurements of clients.

    Args:
        seconds: How long they went on.
        latencies: The latency of each payment, in seconds.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Payments, or whatever it was, in a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float) -> float:
        """Return the latency, in milliseconds, that so many stayed below."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] * 1000

    def add(self, other: "Result") -> None:
        """Add the measurements of another round."""
        self.seconds += other.seconds
        self.latencies += other.latencies


def payment(*, port: int, secret_key: str, **more: str) -> Target:
    """Describe a payment that is created and confirmed in one call."""
    params = {
        "amount": "2000",
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "confirm": "true",
    } | more
    return Target(port, *_request("payment_intents", params, port=port, secret_key=secret_key))


def session(*, port: int, secret_key: str) -> Target:
    """Describe a checkout session that is opened, and completed by the helper for tests."""
    params = {
        "success_url": "https://example.com/thanks",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "Lamp",
        "line_items[0][quantity]": "2",
    }
    before, after = _request("checkout/sessions", params, port=port, secret_key=secret_key)
    path = "test_helpers/checkout/sessions/ID/complete"
    helper, end = _request(path, {}, port=port, secret_key=secret_key)
    return Target(port, before, after, helper + b"ID" + end, b'"payment_status":"paid"')


def _request(
    path: str, params: dict[str, str], *, port: int, secret_key: str
) -> tuple[bytes, bytes]:
    """Write a request up to its idempotency key, and from there on."""
    body = urlencode(params).encode()
    head = (
        f"POST /v1/{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {secret_key}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nIdempotency-Key: "
    )
    return head.encode(), _END_OF_HEAD + body


def once(target: Target) -> None:
    """Pay once.

    Raises:
        Refused: If the payment did not succeed.
        OSError: If nobody answered.
    """
    with _Line(target) as line:
        line.pay(os.urandom(8).hex())


def run(target: Target, *, seconds: float, count: int = CLIENTS) -> Result:
    """Pay with several clients at once, each on a connection that it keeps.

    Raises:
        Refused: If any payment did not succeed.
    """
    result = Result()
    failures: list[Exception] = []
    begin = threading.Barrier(count + 1)
    over = threading.Event()

    def client() -> None:
        mine: list[float] = []
        try:
            _pay_until(target, begin, over, mine)
        except Exception as error:
            begin.abort()
            failures.append(error)
        result.latencies += mine

    threads = [threading.Thread(target=client, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    begin.wait(_ANSWER_SECONDS)
    started = time.perf_counter()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join(_ANSWER_SECONDS)
    result.seconds = time.perf_counter() - started
    if failures:
        raise Refused(str(failures[0])) from failures[0]
    return result


def _pay_until(
    target: Target, begin: threading.Barrier, over: threading.Event, latencies: list[float]
) -> None:
    name = os.urandom(8).hex()
    with _Line(target) as line:
        begin.wait(_ANSWER_SECONDS)
        for number in itertools.count():
            if over.is_set():
                return
            started = time.perf_counter()
            line.pay(f"{name}-{number}")
            latencies.append(time.perf_counter() - started)


class _Line:
    """A connection that is kept. `http.client` would parse every header of every answer."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.socket = socket.create_connection(("127.0.0.1", target.port), _ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def pay(self, key: str) -> None:
        body = self._ask(self.target.before + key.encode() + self.target.after)
        if self.target.then:
            id = body.partition(b'"id":"')[2].partition(b'"')[0]
            body = self._ask(self.target.then.replace(b"ID", id))
        if self.target.paid not in body:
            raise Refused(repr(body[:300]))

    def _ask(self, request: bytes) -> bytes:
        self.socket.sendall(request)
        head, body = self._answer()
        if b" 200 " not in head[:16]:
            raise Refused(f"{head[:40]!r} {body[:300]!r}")
        return body

    def _answer(self) -> tuple[bytes, bytes]:
        received = b""
        while _END_OF_HEAD not in received:
            received += self._more()
        head, _, body = received.partition(_END_OF_HEAD)
        _, is_known, rest = head.lower().partition(b"content-length:")
        length = int(rest.partition(b"\r\n")[0]) if is_known else 0
        while len(body) < length if is_known else not body.endswith(_END_OF_CHUNKS):
            body += self._more()
        return head, body

    def _more(self) -> bytes:
        if more := self.socket.recv(65536):
            return more
        raise ConnectionError("The server closed the connection.")
