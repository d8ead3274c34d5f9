"""Endpoints and deliveries in words."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext, gettext_lazy

from core.operator_pages.columns import moment
from webhooks.models import Endpoint
from webhooks.states import DeliveryStatus

# Status → its word, and how it looks.
DELIVERIES: Final = {
    DeliveryStatus.PENDING: (gettext_lazy("waits"), "waiting"),
    DeliveryStatus.FAILING: (gettext_lazy("failing, tried again"), "bad"),
    DeliveryStatus.DELIVERED: (gettext_lazy("delivered"), "good"),
    DeliveryStatus.EXHAUSTED: (gettext_lazy("given up"), "bad"),
    DeliveryStatus.CANCELED: (gettext_lazy("canceled"), "neutral"),
}
_REDIRECTS: Final = range(300, 400)


def answer(code: int | None) -> str:
    """Write a status as people know it, such as `503 Service Unavailable`."""
    if code is None:
        return gettext("no answer")
    phrases = {status.value: status.phrase for status in HTTPStatus}
    return f"{code} {phrases.get(code, '')}".strip()


def failure(code: int | None, error: str) -> str:
    """Say what went wrong with a try."""
    if code is None:
        return error or gettext("It is on its way, and nothing is known yet.")
    told = gettext("It answered %(code)s.") % {"code": answer(code)}
    return f"{told} {gettext('Redirects are not followed.')}" if code in _REDIRECTS else told


def state(endpoint: Endpoint, *, at: datetime) -> tuple[str, str, str]:
    """Return an endpoint's state: its word, how it looks, and what it means."""
    if endpoint.deleted_at:
        return (
            gettext("deleted"),
            "neutral",
            gettext("Deleted on %(deleted_at)s.") % {"deleted_at": moment(endpoint.deleted_at)},
        )
    if not endpoint.is_enabled:
        what = gettext("Disabled: it hears of nothing new, and what falls due for it is canceled.")
        return (gettext("disabled"), "bad", f"{what} {endpoint.disabled_reason}".strip())
    if endpoint.paused_until and endpoint.paused_until > at:
        what = gettext("It did not answer %(count)s times in a row, so it rests until %(at)s.") % {
            "count": endpoint.timeouts_in_a_row,
            "at": moment(endpoint.paused_until),
        }
        return (gettext("resting"), "waiting", what)
    if endpoint.is_slow:
        return (
            gettext("slow"),
            "waiting",
            gettext("Its last answer took long, so it gets one event at a time."),
        )
    return (gettext("enabled"), "good", "")
