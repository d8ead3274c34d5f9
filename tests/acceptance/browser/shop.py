"""A shop of somebody else's: a page built from published packages, and a small server for it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import stripe

from config.launcher.home import ROOT
from core.tenant import Tenant
from tests.acceptance.clients.installing import install
from tests.acceptance.clients.table import Client

PACKAGES = Client("shop-page", "")
_PAGE = Path(__file__).parent / "page"
_LIBRARY = ROOT / "checkout" / "static" / "checkout" / "library"
_SECONDS = 90


@dataclass(frozen=True)
class Shop:
    """A shop that is open.

    Args:
        client: The official package, with the shop's secret key.
        public_key: What its page has.
        origin: Of its page, which is another site than Rialto's.
        tenant: Its account.
    """

    client: stripe.StripeClient
    public_key: str
    origin: str
    tenant: Tenant

    def page(self, flow: str, **more: str) -> str:
        """Return the address of its page."""
        return f"{self.origin}/?{urlencode({'flow': flow, 'key': self.public_key, **more})}"

    def checkout_page(self, flow: str, **more: str) -> str:
        """Return the address of its page with a checkout inside."""
        words = {"flow": flow, "key": self.public_key, **more}
        return f"{self.origin}/checkout.html?{urlencode(words)}"

    def plain_page(self, **more: str) -> str:
        """Return the address of its older page, which has no framework."""
        return f"{self.origin}/plain.html?{urlencode({'key': self.public_key, **more})}"

    def session(self, **more: Any) -> stripe.checkout.Session:
        """Open a checkout session for a lamp, as the shop's server does."""
        lamp = {"currency": "eur", "unit_amount": 2_000, "product_data": {"name": "Lamp"}}
        wanted = {"mode": "payment", "line_items": [{"price_data": lamp, "quantity": 1}]}
        return self.client.v1.checkout.sessions.create({**wanted, **more})

    def intent(self, **more: Any) -> stripe.PaymentIntent:
        """Make an intent, as the shop's server does before it shows the page."""
        return self.client.v1.payment_intents.create({"amount": 2_000, "currency": "eur", **more})


def prepare(folder: Path) -> Path:
    """Lay the page's source beside the installed packages, and return where.

    Raises:
        NotInstalled: If the packages cannot be had.
    """
    packages = install(PACKAGES)
    shutil.copytree(_PAGE, folder, dirs_exist_ok=True)
    shutil.copytree(_LIBRARY, folder / "library")
    (folder / "node_modules").symlink_to(packages / "node_modules")
    return folder


def build(folder: Path, rialto: str) -> Path:
    """Build the page, and return the folder to serve."""
    run(folder, "vite", "build", VITE_RIALTO=rialto)
    return folder / "dist"


def run(folder: Path, program: str, *arguments: str, **env: str) -> None:
    """Run a program of the packages."""
    command = [str(folder / "node_modules" / ".bin" / program), *arguments]
    path = {"PATH": str(Path(shutil.which("node") or "").parent)}
    done = subprocess.run(
        command,
        cwd=folder,
        env=path | env,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]


class _Handler(SimpleHTTPRequestHandler):
    """The page's files, and the one thing that its server is asked for."""

    def __init__(self, *args: Any, intents: list[Any], **more: Any) -> None:
        self.intents = intents
        super().__init__(*args, **more)

    def do_POST(self) -> None:
        intent = self.intents[0]()
        answer = json.dumps({"clientSecret": intent.client_secret}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def opened(
    folder: Path, client: stripe.StripeClient, public_key: str, tenant: Tenant
) -> Iterator[Shop]:
    """Serve a built page under a name that is another site than Rialto's."""
    intents: list[Any] = []
    handler = partial(_Handler, directory=str(folder), intents=intents)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    shop = Shop(client, public_key, f"http://localhost:{server.server_port}", tenant)
    intents.append(shop.intent)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
