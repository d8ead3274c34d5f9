"""Promotion codes: the words that payers type for a coupon."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models.functions import Upper
from django.db.models.lookups import Exact

from checkout import queries, resources
from checkout.discounts.services import coupons
from checkout.models import Coupon, PromotionCode
from core import money, request_context
from core.database import uniqueness
from core.database.locking import lock_rows
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply, previous_values
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from payments import queries as payment_queries

_LENGTH: Final = 8


def create(
    *,
    tenant: Tenant,
    coupon_id: str,
    coupon_param: str = "promotion[coupon]",
    customer: str | None = None,
    restrictions: Fields | None = None,
    at: datetime,
    **details: object,
) -> PromotionCode:
    """Add a promotion code of a coupon; without a word of the merchant's it gets a random one.

    Args:
        tenant: The merchant.
        coupon_id: The id of the coupon, as the wire shows it.
        coupon_param: What the request calls it.
        customer: `cus_...`: who alone may use it.
        restrictions: `first_time_transaction`, `minimum_amount`, `minimum_amount_currency` and
            `currency_options`.
        at: The moment of the request.
        details: Columns.

    Raises:
        Missing: If the merchant has no such coupon or customer.
        InvalidRequest: If the coupon cannot be redeemed, the code would outlast it, a minimum has
            no currency, or an active code of the same customers has the same word.
    """
    code_id = request_context.reserved_id("promo")
    if done := recovery.resume(lambda: queries.promotion_codes(tenant).filter(id=code_id).first()):
        return done
    with UnitOfWork(tenant, at=at) as work:
        coupon = coupons.lock(tenant, coupon_id, param=coupon_param)
        _check_valid(coupon, at, coupon_param)
        if customer is not None:
            payment_queries.customer(tenant, customer, param="customer")
        row = PromotionCode(
            id=code_id,
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            coupon=coupon,
            customer_id=customer,
            created_at=at,
            **_restrictions(restrictions or {}),
            **{"code": code_id[-_LENGTH:].upper(), **details},
        )
        _check_within(row, coupon, at)
        if row.is_active:
            _take_word(work, row)
        work.insert(row)
        work.emit("promotion_code.created", tenant, resources.promotion_code(row, at=at))
    return row


def update(*, tenant: Tenant, code_id: str, changes: JsonObject, at: datetime) -> PromotionCode:
    """Change whether a code is active, its metadata, or its minimum in further currencies.

    Raises:
        Missing: If the merchant has no such code.
        InvalidRequest: If it is to be active and cannot be redeemed, or its word is another's.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = lock(tenant, code_id)
        before = resources.promotion_code(row, at=at)
        changes = dict(changes)
        if options := changes.pop("restrictions", {}).get("currency_options"):
            minimums = _minimums(options, row.minimum_amount_currency)
            changes["minimum_currency_options"] = {**row.minimum_currency_options, **minimums}
        apply(row, changes)
        if changes.get("is_active"):
            if not row.is_usable(at):
                raise InvalidRequest(
                    "This promotion code cannot be redeemed any more, so it cannot be activated. "
                    "Make another one.",
                    param="active",
                )
            _take_word(work, row)
        after = resources.promotion_code(row, at=at)
        # What is switched off after it has expired shows no change, and is one.
        if changes:
            work.update(row, *changes)
        if previous := previous_values(before, after):
            work.emit("promotion_code.updated", tenant, after, previous)
    return row


def lock(tenant: Tenant, code_id: str) -> PromotionCode:
    """Return a merchant's promotion code with its coupon, both locked.

    Raises:
        Missing: If there is none.
    """
    # The coupon first, as where one is redeemed; a code's coupon never changes.
    coupon = lock_rows(Coupon.objects.filter(promotion_codes=code_id)).first()
    rows = PromotionCode.objects.all()
    row = locking.lock(rows, tenant, code_id, kind="promotion code")
    assert coupon is not None
    row.coupon = coupon
    return row


def _check_valid(coupon: Coupon, at: datetime, param: str) -> None:
    if not coupon.is_valid(at):
        raise InvalidRequest(
            f"The coupon {coupon.public_id} cannot be redeemed any more. Make another one.",
            code="coupon_expired",
            param=param,
        )


def _check_within(row: PromotionCode, coupon: Coupon, at: datetime) -> None:
    if row.expires_at and row.expires_at <= at:
        raise InvalidRequest("The code would have expired already.", param="expires_at")
    if row.expires_at and coupon.redeem_by and row.expires_at > coupon.redeem_by:
        raise InvalidRequest("The code would outlast its coupon.", param="expires_at")
    most = coupon.max_redemptions
    if row.max_redemptions and most and row.max_redemptions > most:
        raise InvalidRequest(f"The coupon can be redeemed {most} times.", param="max_redemptions")


def _take_word(work: UnitOfWork, row: PromotionCode) -> None:
    """Let a code alone have its word among the active ones of the same customers."""
    others = queries.promotion_codes(row.tenant).filter(
        Exact(Upper("code"), row.code.upper()), is_active=True, customer_id=row.customer_id
    )
    for other in others.exclude(id=row.id):
        if not other.is_usable(work.at):
            # Nobody can redeem it again, so its word is free. It shows as inactive already.
            other.is_active = False
            other.save(update_fields=["is_active"])
    taken = InvalidRequest(
        f"There is an active promotion code {row.code} already. Choose another word, or set that "
        "code's active to false.",
        code="resource_already_exists",
        param="code",
    )
    work.explain(uniqueness.explain("promotion_code_is_unique", taken))


def _restrictions(restrictions: Fields) -> JsonObject:
    amount = restrictions.get("minimum_amount")
    currency = restrictions.get("minimum_amount_currency")
    if (amount is None) != (currency is None):
        name = "minimum_amount" if amount is None else "minimum_amount_currency"
        raise InvalidRequest(
            f"Missing required param: restrictions[{name}].",
            code="parameter_missing",
            param=f"restrictions[{name}]",
        )
    if amount is not None:
        money.check_step(amount, str(currency), param="restrictions[minimum_amount]")
    options = restrictions.get("currency_options", {})
    return {
        "is_first_time_only": restrictions.get("first_time_transaction", False),
        "minimum_amount": amount,
        "minimum_amount_currency": currency,
        "minimum_currency_options": _minimums(options, currency) if options else {},
    }


def _minimums(options: Mapping[str, Fields], own_currency: str | None) -> JsonObject:
    where = "restrictions[currency_options]"
    if own_currency is None:
        raise InvalidRequest(
            "Further currencies go with a minimum_amount of the code.",
            code="parameter_missing",
            param=where,
        )
    for currency, option in options.items():
        if currency == own_currency:
            raise InvalidRequest(
                f"{currency} is the currency of the minimum itself. Name further ones only.",
                param=f"{where}[{currency}]",
            )
        param = f"{where}[{currency}][minimum_amount]"
        money.check_step(option["minimum_amount"], currency, param=param)
    return {currency: option["minimum_amount"] for currency, option in options.items()}
