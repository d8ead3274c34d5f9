"""The proxy's configuration: its limits are ours, and with nginx at hand it is run."""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack, closing

import pytest
import requests
import stripe
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.deployment.programs import IDLE_SECONDS
from config.door import kinds
from config.launcher.home import ROOT
from tests.factories import now
from tests.servers import free_port

TEXT = (ROOT / "config" / "nginx" / "rialto.conf").read_text()
CADDY = (ROOT / "config" / "caddy" / "Caddyfile").read_text()
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
UNITS = {"k": kinds.KIB, "m": kinds.MIB}


def size_of(text):
    return int(text[:-1]) * UNITS[text[-1]]


def test_its_braces_and_semicolons_are_whole():
    lines = [line.partition("#")[0].strip() for line in TEXT.splitlines()]

    assert TEXT.count("{") == TEXT.count("}")
    assert [line for line in lines if line and line[-1] not in ";{}"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/files",
        "/v1/",
        "/admin/",
        "/sellers/",
        "/embedded/",
        "/inbound/",
        "/login/",
        "/oauth/token",
    ],
)
def test_it_lets_through_what_the_door_takes_and_no_more(path):
    most = re.findall(r"^    client_max_body_size (\w+);", TEXT, re.MULTILINE)[0]
    for location, block in re.findall(r"location (\S+|~ \S+) \{\n(.*?)\n    \}", TEXT, re.DOTALL):
        pattern = location.removeprefix("~ ") if location.startswith("~") else re.escape(location)
        named = re.search(r"client_max_body_size (\w+);", block)
        if re.match(pattern, path) and named:
            most = named[1]

    assert size_of(most) == kinds.of(path).most_bytes


@pytest.mark.parametrize(
    "path", ["/v1/files", "/v1/charges", "/admin/x", "/sellers/x", "/embedded/x", "/inbound/x"]
)
def test_caddy_lets_through_what_the_door_takes_and_no_more(path):
    blocks = re.findall(r"handle (?:(\S+) )?\{\s+request_body \{\s+max_size (\d+)MiB", CADDY)

    most = next(size for prefix, size in blocks if path.startswith(prefix.rstrip("*")))

    assert int(most) * kinds.MIB == kinds.of(path).most_bytes
    assert CADDY.count("{") == CADDY.count("}")


def test_both_proxies_say_who_asked_and_forget_what_the_client_says_of_itself():
    for text, address in ((TEXT, "$remote_addr;"), (CADDY, "{remote_host}")):
        assert re.search(rf"X-Forwarded-For {re.escape(address)}", text)
        assert "X-Rialto-Proxy" in text
        assert re.search(r"-X-Forwarded-Host|X-Forwarded-Host \"\"", text)
        # A key over plain http goes no further.
        assert "403" in text


def test_it_lets_go_of_a_connection_before_rialto_does():
    kept = re.search(r"upstream rialto \{.*?keepalive_timeout (\d+)s;", TEXT, re.DOTALL)

    assert int(kept[1]) < IDLE_SECONDS


@pytest.fixture(scope="module")
def proxied(rialto_server, tmp_path_factory):
    """A running nginx with the configuration of the tree, as an operator would change it."""
    if NGINX is None:
        pytest.skip("nginx is not installed.")
    room = tmp_path_factory.mktemp("nginx")
    plain, secure = free_port(), free_port()
    certify(room)
    changed = (
        TEXT.replace("127.0.0.1:8000", f"127.0.0.1:{rialto_server.home.port}")
        .replace("listen 80;", f"listen 127.0.0.1:{plain};")
        .replace("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;")
        .replace("/etc/ssl/rialto", str(room))
        .replace("pay.example.com", "127.0.0.1")
    )
    places = "".join(
        f"{kind}_temp_path {room}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (room / "nginx.conf").write_text(
        f"daemon off; pid {room}/pid; error_log {room}/error.log;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{\naccess_log off;\n{places}{changed}}}\n"
    )
    command = [NGINX, "-p", str(room), "-c", str(room / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with (room / "output").open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_for(secure)
        yield plain, secure
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(30)


def certify(room):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now().replace(year=now().year - 1, day=1))
        .not_valid_after(now().replace(year=now().year + 1, day=1))
        .sign(key, hashes.SHA256())
    )
    (room / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (room / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    os.chmod(room, 0o755)


def wait_for(port):
    for _ in range(200):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen.")


def pay(server, port):
    client = stripe.StripeClient(
        server.secret_key,
        base_addresses={"api": f"https://127.0.0.1:{port}"},
        http_client=stripe.RequestsClient(timeout=20, verify_ssl_certs=False),
        max_network_retries=0,
    )
    intent = client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )
    assert intent.status == "succeeded"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_payments_go_through_it_while_ninety_clients_are_silent(rialto_server, proxied):
    _, secure = proxied
    head = b"POST /inbound/stripe/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n"

    with ExitStack() as lines:
        for _ in range(90):
            line = socket.create_connection(("127.0.0.1", secure), timeout=30)
            context = ssl._create_unverified_context()
            lines.enter_context(closing(context.wrap_socket(line))).sendall(head)
        pay(rialto_server, secure)


@pytest.mark.slow
def test_a_key_over_plain_http_is_refused_and_a_page_is_sent_to_https(proxied):
    plain, _ = proxied

    refused = requests.get(f"http://127.0.0.1:{plain}/v1/balance", timeout=20)
    sent_on = requests.get(f"http://127.0.0.1:{plain}/login/", timeout=20, allow_redirects=False)

    assert refused.status_code == 403
    assert sent_on.headers["Location"] == "https://127.0.0.1/login/"
