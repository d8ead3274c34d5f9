"""The payment methods that a session's customer has saved, and may pay with again."""

from datetime import datetime
from typing import Final

from checkout.models import CheckoutSession
from checkout.resources import sessions as rendering
from core.types import JsonObject
from payments import method_types, queries, resources

_MOST: Final = 10


def of(session: CheckoutSession, *, at: datetime) -> list[JsonObject]:
    """Return the wire's methods that a session offers again, the newest first.

    Those of a type that cannot pay it, and cards that have expired, are not among them.

    Args:
        session: The session.
        at: Now.
    """
    options = rendering.saved_options(session)
    if options is None or session.customer_id is None:
        return []
    rows = queries.payment_methods(session.tenant).filter(
        customer_id=session.customer_id,
        allow_redisplay__in=options["allow_redisplay_filters"],
        type__in=rendering.types(session),
    )
    newest = rows.order_by("-created_at", "-id")[:_MOST]
    found = [resources.payment_method(row) for row in newest]
    return [one for one in found if not _is_expired(one, at=at)]


def may_remove(session: CheckoutSession) -> bool:
    """Tell whether payers may remove what they saved."""
    options = rendering.saved_options(session)
    return options is not None and options["payment_method_remove"] == "enabled"


def asks_to_save(session: CheckoutSession) -> bool:
    """Tell whether payers are asked if they want to pay with their method again."""
    options = rendering.saved_options(session)
    return options is not None and options["payment_method_save"] == "enabled"


def may_save(session: CheckoutSession, type: str) -> bool:
    """Tell whether payers are asked to save what they pay with.

    Args:
        session: The session.
        type: Of the method; one that is for a single payment is not saved.
    """
    method = method_types.of(type)
    return asks_to_save(session) and method.is_lasting and not method.keeps_as


def _is_expired(method: JsonObject, *, at: datetime) -> bool:
    card = method.get("card")
    return card is not None and (card["exp_year"], card["exp_month"]) < (at.year, at.month)
