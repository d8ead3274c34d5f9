"""Endpoints and deliveries in words."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from core.operator_pages.columns import moment
from webhooks.models import Endpoint
from webhooks.states import DeliveryStatus

# Status → its word, and how it looks.
DELIVERIES: Final = {
    DeliveryStatus.PENDING: ("waits", "waiting"),
    DeliveryStatus.FAILING: ("failing, tried again", "bad"),
    DeliveryStatus.DELIVERED: ("delivered", "good"),
    DeliveryStatus.EXHAUSTED: ("given up", "bad"),
    DeliveryStatus.CANCELED: ("canceled", "neutral"),
}
_REDIRECTS: Final = range(300, 400)


def answer(code: int | None) -> str:
    """Write a status as people know it, such as `503 Service Unavailable`."""
    if code is None:
        return "no answer"
    phrases = {status.value: status.phrase for status in HTTPStatus}
    return f"{code} {phrases.get(code, '')}".strip()


def failure(code: int | None, error: str) -> str:
    """Say what went wrong with a try."""
    if code is None:
        return error or "It is on its way, and nothing is known yet."
    told = f"It answered {answer(code)}."
    return f"{told} Redirects are not followed." if code in _REDIRECTS else told


def state(endpoint: Endpoint, *, at: datetime) -> tuple[str, str, str]:
    """Return an endpoint's state: its word, how it looks, and what it means."""
    if endpoint.deleted_at:
        return ("deleted", "neutral", f"Deleted on {moment(endpoint.deleted_at)}.")
    if not endpoint.is_enabled:
        what = "Disabled: it hears of nothing new, and what falls due for it is canceled."
        return ("disabled", "bad", f"{what} {endpoint.disabled_reason}".strip())
    if endpoint.paused_until and endpoint.paused_until > at:
        what = f"It did not answer {endpoint.timeouts_in_a_row} times in a row, so it rests until"
        return ("resting", "waiting", f"{what} {moment(endpoint.paused_until)}.")
    if endpoint.is_slow:
        return ("slow", "waiting", "Its last answer took long, so it gets one event at a time.")
    return ("enabled", "good", "")
