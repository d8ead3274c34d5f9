"""What tests of the shop sell, and how they ask for it."""

from collections.abc import Callable
from typing import Any

from tests.tenancy.asking import ask

Ask = Callable[..., dict[str, Any]]


def asking(key: str, account: str | None = None) -> Ask:
    """Return a caller that expects to be answered, or refused if a `code` or `status` is given."""

    def call(
        method: str, path: str, status: int = 200, key: str = key, **params: Any
    ) -> dict[str, Any]:
        answer = ask(key, method, path, account, **params)
        wire: dict[str, Any] = answer.json()
        assert answer.status_code == status, wire
        return wire if status == 200 else wire["error"]

    return call


def events_of(shop: Ask, *types: str) -> list[dict[str, Any]]:
    """Return the events of some types, oldest first."""
    listed = shop("GET", "events", limit=100, **{"types[]": list(types)})
    return list(reversed(listed["data"]))
