"""Expired sessions that payers take up again: a new one of the same, which names the old."""

from collections.abc import Sequence
from datetime import UTC, datetime

from checkout import queries
from checkout.models import CheckoutSession, CheckoutSessionLine
from checkout.resources.sessions import HOSTED
from checkout.sessions.services import discounting, validation
from checkout.sessions.services.sessions import compute
from checkout.states import SessionStatus
from core.errors import InvalidRequest
from core.ids import new_id, random_text
from operations.unit_of_work import UnitOfWork


def recover(old: CheckoutSession, *, at: datetime) -> CheckoutSession | None:
    """Open a session of what an expired one was left with: the cart as the payer had chosen it.

    Whether it takes promotion codes is a thing of its own. A code that was entered goes along if
    it does, and what the merchant gave if it does not, as long as it can be redeemed.

    Args:
        old: The session.
        at: The moment of the request.

    Returns:
        The new session; None if the old one may not be taken up again, or not any more.
    """
    until = old.collected.get("recoverable_until")
    if old.status != SessionStatus.EXPIRED or not until:
        return None
    if datetime.fromtimestamp(until, UTC) <= at:
        return None
    session_id = new_id("cs_live" if old.livemode else "cs_test")
    asked = (old.settings.get("after_expiration") or {}).get("recovery") or {}
    takes_codes = bool(asked.get("allow_promotion_codes"))
    session = CheckoutSession(
        id=session_id,
        account_id=old.account_id,
        livemode=old.livemode,
        mode=old.mode,
        ui_mode=old.ui_mode,
        currency=old.currency,
        settings=old.settings | {"allow_promotion_codes": takes_codes},
        shipping_options=old.shipping_options,
        shipping_rate_id=old.shipping_rate_id,
        customer_id=old.customer_id,
        client_reference_id=old.client_reference_id,
        client_secret=None if old.ui_mode == HOSTED else f"{session_id}_secret_{random_text(40)}",
        payment_status="unpaid" if old.mode == "payment" else "no_payment_required",
        platform_id=old.platform_id,
        metadata=old.metadata,
        recovered_from_id=old.id,
        expires_at=at + validation.LATEST,
        created_at=at,
    )
    lines = [_copy(line, session) for line in queries.session_lines(old)]
    if bool(old.settings.get("allow_promotion_codes")) == takes_codes:
        session.discounts = [{**kept, "id": new_id("di")} for kept in old.discounts]
        discounting.drop_ended(session, at=at)
    with UnitOfWork(old.tenant, at=at) as work:
        if session.mode == "payment":
            _compute(session, lines, at=at)
        work.insert(session, *lines)
    return session


def _compute(
    session: CheckoutSession, lines: Sequence[CheckoutSessionLine], *, at: datetime
) -> None:
    """Work the total out; a discount that is not for this payer or cart any more is left out."""
    try:
        compute(session.tenant, session, lines, at=at)
    except InvalidRequest:
        if not session.discounts:
            raise
        session.discounts = []
        compute(session.tenant, session, lines, at=at)


def _copy(line: CheckoutSessionLine, session: CheckoutSession) -> CheckoutSessionLine:
    return CheckoutSessionLine(
        account_id=line.account_id,
        livemode=line.livemode,
        session=session,
        position=line.position,
        price=line.price,
        quantity=line.quantity,
        adjustable_quantity=line.adjustable_quantity,
        chosen_amount=line.chosen_amount,
        is_optional=line.is_optional,
        tax_rate_ids=line.tax_rate_ids,
        metadata=line.metadata,
    )
