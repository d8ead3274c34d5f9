"""A connection on which requests to the API are told as they are made."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from api import request_log
from core.ids import earlier, new_id
from core.types import JsonObject
from webhooks.listening import frames
from webhooks.listening.tickets import Ticket

_MOST: Final = 200
# They are written some moments after they were made, and not in their order.
_LATEST: Final = timedelta(seconds=60)

# Filter → what of a request it is about, in capitals.
_FILTERS: Final[Mapping[str, Callable[[JsonObject], set[str]]]] = {
    "filter_http_method": lambda one: {one["method"]},
    "filter_ip_address": lambda one: {str(one["ip_address"] or "").upper()},
    "filter_request_path": lambda one: _paths(one["url"].upper()),
    "filter_request_status": lambda one: {"SUCCEEDED" if one["status"] < 400 else "FAILED"},
    "filter_source": lambda one: {"API"},
    "filter_status_code": lambda one: {str(one["status"])},
    "filter_status_code_type": lambda one: {f"{one['status'] // 100}XX"},
}
FILTERS: Final = tuple(_FILTERS)


class Requests:
    """Tells of an account's requests."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._told: set[str] = set()
        self._begun = new_id("req")

    def next(self) -> list[str]:
        """Return the frames of requests that came into the log since the last time."""
        first = max(self._begun, earlier(new_id("req"), _LATEST))
        rows = request_log.newest(self._ticket.tenant, first=first, most=_MOST)
        told, self._told = self._told, {row["request_id"] for row in rows}
        new = [row for row in reversed(rows) if row["request_id"] not in told]
        return [frames.request(row) for row in new if _is_wanted(row, self._ticket.filters)]

    def hear(self, text: str) -> None:
        """Nothing is expected."""

    def end(self) -> None:
        """Nothing is kept."""


def _is_wanted(row: JsonObject, filters: Mapping[str, list[str]]) -> bool:
    return all(
        _FILTERS[name](row) & {value.upper() for value in values}
        for name, values in filters.items()
    )


def _paths(path: str) -> set[str]:
    """Return a path and those that it lies below."""
    parts = path.split("/")
    return {"/".join(parts[:count]) for count in range(2, len(parts) + 1)}
