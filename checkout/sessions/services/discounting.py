"""Discounts of a session: chosen by the merchant or by a code, used up once when it is paid."""

from collections.abc import Sequence
from datetime import datetime

from checkout.models import CheckoutSession, CheckoutSessionLine
from checkout.totals import Discount
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields
from operations.unit_of_work import UnitOfWork


def apply(
    tenant: Tenant, session: CheckoutSession, given: Sequence[Fields], *, at: datetime
) -> None:
    """Set the discounts that the merchant gives.

    Raises:
        InvalidRequest: If there are any: sessions take no discounts yet.
    """
    for name, is_wanted in (
        ("discounts", bool(given)),
        ("allow_promotion_codes", bool(session.settings.get("allow_promotion_codes"))),
    ):
        if is_wanted:
            raise InvalidRequest(
                f"{name}: Sessions take no discounts yet. Send prices that are reduced already.",
                code="feature_not_supported",
                param=name,
            )


def enter_code(tenant: Tenant, session: CheckoutSession, code: str, *, at: datetime) -> None:
    """Set the discount of a code that the payer typed; an empty one takes it away."""
    if code:
        raise InvalidRequest(
            "promotion_code: Sessions take no promotion codes yet. Leave it out.",
            code="feature_not_supported",
            param="promotion_code",
        )


def terms_of(
    tenant: Tenant, session: CheckoutSession, lines: Sequence[CheckoutSessionLine]
) -> list[Discount]:
    """Return what a session's discounts take off."""
    return []


def entered_code(session: CheckoutSession) -> str:
    """Return the code that the payer entered; empty for none."""
    return ""


def redeem(work: UnitOfWork, session: CheckoutSession) -> None:
    """Use up a session's discounts."""


def release(work: UnitOfWork, session: CheckoutSession) -> None:
    """Give back a session's discounts: it was not paid after all."""
