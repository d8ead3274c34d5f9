"""The wire objects of coupons and promotion codes. Whether they can be used depends on the time."""

from datetime import datetime
from typing import Final

from checkout.models import Coupon, PromotionCode
from core.types import JsonObject

_BPS_OF_PERCENT: Final = 100


def deleted_coupon(row: Coupon) -> JsonObject:
    """Render what is left of a coupon that was deleted."""
    return {"id": row.public_id, "object": "coupon", "deleted": True}


def coupon(row: Coupon, *, at: datetime) -> JsonObject:
    """Render a coupon."""
    percent = row.percent_off_bps
    return {
        "id": row.public_id,
        "object": "coupon",
        "amount_off": row.amount_off,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "duration": row.duration,
        "duration_in_months": row.duration_in_months,
        "livemode": row.livemode,
        "max_redemptions": row.max_redemptions,
        "metadata": row.metadata,
        "name": row.name,
        "percent_off": percent / _BPS_OF_PERCENT if percent is not None else None,
        "redeem_by": _seconds(row.redeem_by),
        "times_redeemed": row.times_redeemed,
        "valid": row.is_valid(at),
    }


def coupon_applies_to(row: Coupon) -> JsonObject | None:
    """Render which products a coupon is for; None if for all."""
    return None if row.product_ids is None else {"products": row.product_ids}


def coupon_currency_options(row: Coupon) -> JsonObject | None:
    """Render the amount off in each currency, its own among them; None of a percentage."""
    if row.amount_off is None:
        return None
    return {
        currency: {"amount_off": amount}
        for currency, amount in {row.currency: row.amount_off, **row.currency_options}.items()
    }


def promotion_code(row: PromotionCode, *, at: datetime) -> JsonObject:
    """Render a promotion code, whose coupon is loaded with it."""
    return {
        "id": row.id,
        "object": "promotion_code",
        "active": row.is_usable(at),
        "code": row.code,
        "created": int(row.created_at.timestamp()),
        "customer": row.customer_id,
        "customer_account": None,
        "expires_at": _seconds(row.expires_at),
        "livemode": row.livemode,
        "max_redemptions": row.max_redemptions,
        "metadata": row.metadata,
        "promotion": {"coupon": row.coupon.public_id, "type": "coupon"},
        "restrictions": _restrictions(row),
        "times_redeemed": row.times_redeemed,
    }


def _restrictions(row: PromotionCode) -> JsonObject:
    shown: JsonObject = {
        "first_time_transaction": row.is_first_time_only,
        "minimum_amount": row.minimum_amount,
        "minimum_amount_currency": row.minimum_amount_currency,
    }
    if row.minimum_amount is not None:
        own = {row.minimum_amount_currency: row.minimum_amount}
        shown["currency_options"] = {
            currency: {"minimum_amount": amount}
            for currency, amount in {**own, **row.minimum_currency_options}.items()
        }
    return shown


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
