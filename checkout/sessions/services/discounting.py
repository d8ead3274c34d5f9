"""Discounts of a session: chosen by the merchant or by a code, used up once when it is paid."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from checkout import queries
from checkout.discounts.services import redemptions
from checkout.models import CheckoutSession, CheckoutSessionLine, Coupon, PromotionCode
from checkout.sessions.services import carts
from checkout.totals import Discount
from core.errors import InvalidRequest
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields, JsonObject
from operations.unit_of_work import UnitOfWork


def apply(
    tenant: Tenant, session: CheckoutSession, given: Sequence[Fields], *, at: datetime
) -> None:
    """Set the discounts that the merchant gives.

    Raises:
        Missing: If the merchant has no such coupon or code.
        InvalidRequest: If it cannot be redeemed any more.
    """
    kept = []
    for number, one in enumerate(given):
        path = f"discounts[{number}]"
        code = None
        if "promotion_code" in one:
            param = f"{path}[promotion_code]"
            code = queries.promotion_code(tenant, one["promotion_code"], param=param)
            coupon = code.coupon
        else:
            coupon = queries.coupon(tenant, one["coupon"], param=f"{path}[coupon]")
        if not coupon.is_valid(at):
            raise InvalidRequest(
                f"{coupon.public_id} cannot be redeemed any more.",
                code="coupon_expired",
                param=path,
            )
        kept.append(_kept(coupon, code))
    session.discounts = kept


def enter_code(tenant: Tenant, session: CheckoutSession, code: str, *, at: datetime) -> None:
    """Set the discount of a code that the payer typed; an empty one takes it away.

    Raises:
        InvalidRequest: If no codes are asked for, or nobody can redeem this one.
    """
    param = "promotion_code"
    if not session.settings.get("allow_promotion_codes"):
        raise InvalidRequest("This Checkout Session takes no promotion codes.", param=param)
    if not code:
        session.discounts = []
        return
    row = redemptions.find(tenant, code, customer_id=session.customer_id, at=at)
    if row is None:
        raise InvalidRequest(f"Nobody can redeem the code {code[:40]}.", param=param)
    session.discounts = [_kept(row.coupon, row)]


def terms_of(
    tenant: Tenant, session: CheckoutSession, lines: Sequence[CheckoutSessionLine], *, at: datetime
) -> list[Discount]:
    """Return what a session's discounts take off.

    Raises:
        InvalidRequest: If the code is not for this payer, or for a larger cart.
    """
    currency = str(session.currency)
    found = []
    for kept, coupon, code in _rows(session):
        param = "promotion_code" if code else "discounts"
        if code is not None:
            amount = int(
                sum(carts.unit_amount(line, currency) * carts.pieces(line) for line in lines)
            )
            redemptions.check(
                code,
                amount=amount,
                currency=currency,
                customer_id=session.customer_id,
                at=at,
                param=param,
            )
        terms = redemptions.terms(coupon, currency, param=param)
        found.append(Discount(kept["id"], terms.percent_off, terms.amount_off, terms.products))
    return found


def entered_code(session: CheckoutSession) -> str:
    """Return the code that the payer entered; empty for none."""
    return next((str(kept["code"]) for kept in session.discounts if kept["code"]), "")


def drop_ended(session: CheckoutSession, *, at: datetime) -> None:
    """Take away the discounts of a session that nobody can redeem any more."""
    session.discounts = [
        kept
        for kept, coupon, code in _rows(session)
        if coupon.is_valid(at) and (code is None or code.is_usable(at))
    ]


def redeem(work: UnitOfWork, session: CheckoutSession) -> None:
    """Use up a locked session's discounts.

    Raises:
        InvalidRequest: If somebody else has used one up.
    """
    for _, coupon, code in _rows(session):
        redemptions.redeem(work, coupon, code)


def release(work: UnitOfWork, session: CheckoutSession) -> None:
    """Give back a locked session's discounts: it was not paid after all."""
    for _, coupon, code in _rows(session):
        redemptions.release(work, coupon, code)


def _kept(coupon: Coupon, code: PromotionCode | None) -> JsonObject:
    return {
        "id": new_id("di"),
        "key": coupon.id,
        "coupon": coupon.public_id,
        "promotion_code": code.id if code else None,
        "code": code.code if code else None,
    }


def _rows(
    session: CheckoutSession,
) -> Iterator[tuple[JsonObject, Coupon, PromotionCode | None]]:
    for kept in session.discounts:
        code = None
        if kept["promotion_code"]:
            code = queries.promotion_code(session.tenant, kept["promotion_code"])
        # One that was deleted goes on for who had it.
        yield kept, code.coupon if code else queries.coupon_of_key(kept["key"]), code
