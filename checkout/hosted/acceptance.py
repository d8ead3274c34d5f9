"""How a payer, whose own browser asks, accepts that an account is debited."""

from django.http import HttpRequest

from core.types import JsonObject
from payments import method_types

_NOWHERE = "0.0.0.0"  # noqa: S104  nobody's
_LONGEST_AGENT = 1_000


def accepted_from(request: HttpRequest, type: str) -> JsonObject | None:
    """Return the wire's `customer_acceptance`; None if nobody has to allow this type.

    Args:
        request: Of the payer's browser.
        type: Of the payment method, such as `"sepa_debit"`; empty for none.
    """
    if not type or not method_types.of(type).needs_mandate:
        return None
    agent = request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT]
    online = {
        "ip_address": request.META.get("REMOTE_ADDR") or _NOWHERE,
        "user_agent": agent or "unknown",
    }
    return {"type": "online", "online": online}
