"""What a coupon takes off, who may have it, and how often it was redeemed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models.functions import Upper
from django.db.models.lookups import Exact

from checkout import queries, resources
from checkout.models import Coupon, PromotionCode
from core.database.locking import lock_rows
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import previous_values
from operations.unit_of_work import UnitOfWork
from payments import queries as payment_queries

_BPS_OF_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """What a coupon takes off in one currency.

    Args:
        percent_off: Of a hundred; None if an amount is off.
        amount_off: Minor units; None if a percentage is off.
        products: Public ids of the products that it is for; None for all.
    """

    percent_off: Decimal | None
    amount_off: int | None
    products: frozenset[str] | None


def terms(coupon: Coupon, currency: str, *, param: str = "discounts") -> Terms:
    """Return what a coupon takes off in a currency.

    Raises:
        InvalidRequest: If it has an amount, but none in that currency.
    """
    products = None if coupon.product_ids is None else frozenset(coupon.product_ids)
    if coupon.percent_off_bps is not None:
        return Terms(Decimal(coupon.percent_off_bps) / _BPS_OF_PERCENT, None, products)
    amount = {coupon.currency: coupon.amount_off, **coupon.currency_options}.get(currency)
    if amount is None:
        raise InvalidRequest(
            f"The coupon {coupon.public_id} takes nothing off in {currency}. Add an amount with "
            "currency_options, or take another coupon.",
            param=param,
        )
    return Terms(None, amount, products)


def find(
    tenant: Tenant, word: str, *, customer_id: str | None, at: datetime
) -> PromotionCode | None:
    """Return the promotion code that a payer means by a word; None if there is none.

    Args:
        tenant: The merchant.
        word: What was typed, in any case.
        customer_id: Who pays; None for a guest. A code of their own comes before one for all.
        at: The moment at which it is to be redeemed.
    """
    rows = queries.promotion_codes(tenant).filter(
        PromotionCode.usable(at), Exact(Upper("code"), word.strip().upper())
    )
    by_customer = {row.customer_id: row for row in rows if row.customer_id in (None, customer_id)}
    return by_customer.get(customer_id) or by_customer.get(None)


def check(
    row: PromotionCode,
    *,
    amount: int,
    currency: str,
    customer_id: str | None,
    at: datetime,
    param: str = "discounts",
) -> None:
    """Refuse a promotion code to whom it is not for.

    Args:
        row: The code, with its coupon.
        amount: What is bought, before the discount, in minor units.
        currency: Of the amount.
        customer_id: Who pays; None for a guest, who is somebody new.
        at: The moment at which it is to be redeemed.
        param: What the request calls it.

    Raises:
        InvalidRequest: With the reason.
    """
    if not row.is_usable(at):
        raise _expired(row.code, param)
    if row.customer_id not in (None, customer_id):
        raise InvalidRequest(f"The code {row.code} is another customer's.", param=param)
    if row.minimum_amount is not None:
        own = {row.minimum_amount_currency: row.minimum_amount}
        least = {**own, **row.minimum_currency_options}.get(currency)
        if least is None:
            raise InvalidRequest(
                f"The code {row.code} cannot be redeemed in {currency}.", param=param
            )
        if amount < least:
            raise InvalidRequest(
                f"The code {row.code} is for {Money(least, currency)} and more.",
                code="amount_too_small",
                param=param,
            )
    if row.is_first_time_only and customer_id and _has_paid(row.tenant, customer_id):
        raise InvalidRequest(f"The code {row.code} is for a first purchase.", param=param)


def redeem(
    work: UnitOfWork,
    coupon: Coupon,
    promotion_code: PromotionCode | None = None,
    *,
    param: str = "discounts",
) -> None:
    """Count a redemption of a coupon, and of the code that was typed for it.

    Both are locked, so that of two at once that want the last one, one is refused. The caller
    locks what it redeems them for before.

    Args:
        work: The unit of work in which it is redeemed.
        coupon: The coupon.
        promotion_code: Its code; None if the merchant gave the coupon itself.
        param: What the request calls it.

    Raises:
        InvalidRequest: If either is used up, late, deleted or inactive.
    """
    locked, code = _lock(work, coupon, promotion_code)
    if code is not None and not code.is_usable(work.at):
        raise _expired(code.code, param)
    if not locked.is_valid(work.at):
        raise _expired(locked.public_id, param)
    _count(work, 1, locked, code)


def release(work: UnitOfWork, coupon: Coupon, promotion_code: PromotionCode | None = None) -> None:
    """Take back a redemption that came to nothing. The caller sees to it that it is done once."""
    locked, code = _lock(work, coupon, promotion_code)
    _count(work, -1, locked, code)


def _count(work: UnitOfWork, more: int, coupon: Coupon, code: PromotionCode | None) -> None:
    """Count a redemption, or one that was taken back, and tell of it."""
    rows: list[Coupon | PromotionCode] = [coupon] if code is None else [coupon, code]
    before = [_shown(row, at=work.at) for row in rows]
    for row in rows:
        work.change(row, times_redeemed=max(row.times_redeemed + more, 0))
    for row, was in zip(rows, before, strict=True):
        if coupon.deleted_at is None:
            shown = _shown(row, at=work.at)
            type = f"{shown['object']}.updated"
            work.emit(type, row.tenant, shown, previous_values(was, shown))


def _shown(row: Coupon | PromotionCode, *, at: datetime) -> JsonObject:
    if isinstance(row, Coupon):
        return resources.coupon(row, at=at)
    return resources.promotion_code(row, at=at)


def _lock(
    work: UnitOfWork, coupon: Coupon, promotion_code: PromotionCode | None
) -> tuple[Coupon, PromotionCode | None]:
    found = work.find(Coupon, coupon.id)
    locked = found or lock_rows(Coupon.objects.filter(id=coupon.id)).get()
    if promotion_code is None:
        return locked, None
    before = work.find(PromotionCode, promotion_code.id)
    code = before or lock_rows(PromotionCode.objects.filter(id=promotion_code.id)).get()
    code.coupon = locked
    return locked, code


def _has_paid(tenant: Tenant, customer_id: str) -> bool:
    charges = payment_queries.charges(tenant).filter(customer_id=customer_id, status="succeeded")
    return charges.exists()


def _expired(name: str, param: str) -> InvalidRequest:
    return InvalidRequest(
        f"{name} cannot be redeemed any more.", code="coupon_expired", param=param
    )
