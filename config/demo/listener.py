"""A small receiver of webhooks that checks every signature with the official SDK."""

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Listener:
    """Listens on this machine until it is closed."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.verified: dict[str, str] = {}
        self.refused = 0
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                is_genuine = listener.take(body, self.headers.get("Stripe-Signature", ""))
                self.send_response(200 if is_genuine else 400)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet: the demo draws on the screen."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}/webhooks"

    def take(self, body: bytes, signature: str) -> bool:
        """Keep an event whose signature fits one of the secrets."""
        import stripe

        for secret in list(self.secrets):
            try:
                event = stripe.Webhook.construct_event(body, signature, secret)
            except (ValueError, stripe.SignatureVerificationError):
                continue
            self.verified[event.id] = event.type
            return True
        self.refused += 1
        return False

    def counts(self) -> Counter[str]:
        """Return how many different events of each type have arrived."""
        return Counter(self.verified.values())

    def wait_for(self, expected: dict[str, int], *, seconds: float) -> bool:
        """Wait until at least so many of each type have arrived."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            arrived = self.counts()
            if all(arrived[type] >= count for type, count in expected.items()):
                return True
            time.sleep(0.1)
        return False

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
