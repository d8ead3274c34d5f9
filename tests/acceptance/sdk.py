"""The official package, unmodified, with every answer held against its own annotations."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import stripe

from tests.acceptance import annotations

# Objects that the wire does not have: they are Rialto's own.
OWN = frozenset(
    {
        "elements_checkout", "elements_session", "refund_preview", "stripecli_session",
        "webhook_endpoint.resend", "unapplied_payment",
    }
)  # fmt: skip


class Recorder(stripe.RequestsClient):
    """The package's own transport, which notes what went out and looks at what came back."""

    def __init__(self) -> None:
        super().__init__()
        self.called: set[tuple[str, str]] = set()
        self.faults: list[str] = []

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        body, status, headers = super().request(method, url, *args, **kwargs)
        path = urlsplit(url).path
        if status == 200:
            self.called.add((method.upper(), path))
            self._look(json.loads(body), f"{method} {path}")
        return body, status, headers

    def _look(self, answer: dict[str, Any], asked: str) -> None:
        for wire in annotations.every_object(answer):
            is_gone = wire.get("deleted") or wire.keys() == {"id", "object"}
            if is_gone or wire["object"] in OWN:
                continue
            found = annotations.faults(wire, annotations.class_of(wire))
            self.faults += [f"{asked}: {fault}" for fault in found]

    def has_called(self, method: str, route: str) -> bool:
        """Tell whether a route, such as `/v1/charges/<str:charge_id>`, has answered well."""
        path = re.compile(re.sub(r"<str:\w+>", "[^/]+", route))
        return any(how == method and path.fullmatch(where) for how, where in self.called)


def a_client(server: Any, key: str, **more: Any) -> tuple[stripe.StripeClient, Recorder]:
    """Return a client of a running Rialto as an application would make it."""
    transport = Recorder()
    client = stripe.StripeClient(
        key,
        base_addresses={"api": server.base_url, "files": server.base_url},
        http_client=transport,
        **more,
    )
    return client, transport
