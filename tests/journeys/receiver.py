"""A marketplace's webhook receiver, which believes only what is signed."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe


class Receiver:
    """Listens on this machine; keeps the events that the official package verified."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.events: list[stripe.Event] = []
        self.deliveries: list[tuple[bytes, str]] = []
        self.refused: list[bytes] = []
        # Answers with which the first deliveries are turned away.
        self.failures: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(body, self.headers["Stripe-Signature"]))
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def take(self, body: bytes, signature: str) -> int:
        if self.failures:
            return self.failures.pop()
        for secret in self.secrets:
            try:
                event = stripe.Webhook.construct_event(body, signature, secret)
            except stripe.SignatureVerificationError:
                continue
            self.deliveries.append((body, signature))
            self.events.append(event)
            return 200
        self.refused.append(body)
        return 400

    def of(self, type: str, account: str | None = None) -> list[stripe.Event]:
        """Return the events of a type, each once: a delivery may come twice."""
        whose = (e for e in self.events if getattr(e, "account", None) == account)
        found = {event.id: event for event in whose if event.type == type}
        return [found[id] for id in sorted(found)]

    def wait(self, holds: Callable[[], bool], *, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            heard = sorted(event.type for event in self.events)
            assert time.monotonic() < deadline, f"Heard only {heard}"
            time.sleep(0.05)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
