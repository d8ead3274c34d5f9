"""What a payer chooses on the page before paying: quantities, amounts, shipping, a code."""

from collections.abc import Mapping
from datetime import datetime

from checkout import queries
from checkout.models import CheckoutSession, CheckoutSessionLine
from checkout.sessions.services import carts, discounting, locks
from checkout.sessions.services.sessions import COMPUTED, compute
from core import currencies
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from operations.unit_of_work import UnitOfWork


def choose(
    *,
    tenant: Tenant,
    session_id: str,
    quantities: Mapping[str, int] | None = None,
    amounts: Mapping[str, int] | None = None,
    shipping_rate: str | None = None,
    promotion_code: str | None = None,
    at: datetime,
) -> CheckoutSession:
    """Change what a payer may choose, and compute the totals again.

    Args:
        tenant: The merchant.
        session_id: `cs_...`.
        quantities: Line → pieces.
        amounts: Line → what the payer pays, in minor units, where that is the payer's to say.
        shipping_rate: `shr_...`, one of those that are offered.
        promotion_code: What the payer typed; an empty text takes the code away, None leaves it.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such session.
        InvalidRequest: If it has ended or is being paid, or the choice is not one.
    """
    with UnitOfWork(tenant, at=at) as work:
        session = locks.lock(tenant, session_id)
        locks.check_changeable(session, at=at)
        lines = list(queries.session_lines(session))
        by_id = {line.id: line for line in lines}
        for line_id, quantity in (quantities or {}).items():
            _set_quantity(by_id, line_id, quantity)
        for line_id, amount in (amounts or {}).items():
            _set_amount(by_id, line_id, amount, str(session.currency))
        if not any(line.quantity for line in lines):
            raise InvalidRequest("Something has to be left in the cart.", param="quantity")
        columns = ["amount_subtotal", "amount_total", "totals"]
        if shipping_rate is not None:
            _set_shipping(session, shipping_rate)
            columns.append("shipping_rate_id")
        if promotion_code is not None:
            discounting.enter_code(tenant, session, promotion_code, at=at)
            columns.append("discounts")
        compute(tenant, session, lines, at=at)
        for line in lines:
            work.update(line, *COMPUTED)
        work.update(session, *columns)
    return session


def drop_ended_discounts(*, tenant: Tenant, session_id: str, at: datetime) -> CheckoutSession:
    """Take away the discounts that nobody can redeem any more, and compute the totals again.

    Whoever was shown the lower total is asked anew: see `expected_amount` of `paying.confirm`.

    Raises:
        Missing: If the merchant has no such session.
        InvalidRequest: If it has ended or is being paid.
    """
    with UnitOfWork(tenant, at=at) as work:
        session = locks.lock(tenant, session_id)
        locks.check_changeable(session, at=at)
        lines = list(queries.session_lines(session))
        discounting.drop_ended(session, at=at)
        compute(tenant, session, lines, at=at)
        for line in lines:
            work.update(line, *COMPUTED)
        work.update(session, "discounts", "amount_subtotal", "amount_total", "totals")
    return session


def _set_quantity(lines: Mapping[str, CheckoutSessionLine], line_id: str, quantity: int) -> None:
    line = lines.get(line_id)
    allowed = carts.quantities(line) if line else ()
    if line is None or not allowed:
        raise InvalidRequest(f"The quantity of {line_id} is not the payer's.", param="quantity")
    if not carts.is_quantity(line, quantity):
        told = " or ".join(
            str(each.start) if len(each) == 1 else f"from {each.start} to {each[-1]}"
            for each in allowed
        )
        raise InvalidRequest(f"The quantity has to be {told}.", param="quantity")
    line.quantity = quantity


def _set_amount(
    lines: Mapping[str, CheckoutSessionLine], line_id: str, amount: int, currency: str
) -> None:
    line = lines.get(line_id)
    custom = line.price.custom_unit_amount if line else None
    if line is None or custom is None:
        raise InvalidRequest(f"The amount of {line_id} is not the payer's.", param="amount")
    least = custom.get("minimum") or currencies.minimum_charge(currency)
    most = custom.get("maximum")
    if amount < least or (most is not None and amount > most):
        until = f" to {Money(most, currency)}" if most is not None else " upwards"
        raise InvalidRequest(
            f"The amount has to be from {Money(least, currency)}{until}.", param="amount"
        )
    line.chosen_amount = amount


def _set_shipping(session: CheckoutSession, rate_id: str) -> None:
    if rate_id not in {option["shipping_rate"] for option in session.shipping_options}:
        raise InvalidRequest(
            f"{rate_id} is not offered. Choose one of the session's shipping_options.",
            code="resource_missing",
            param="shipping_rate",
        )
    session.shipping_rate_id = rate_id
