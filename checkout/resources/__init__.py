"""Wire objects of checkout: plain functions from row to dict, ids unexpanded, no queries."""

from checkout.resources.catalog import deleted_product, price, price_currency_options, product
from checkout.resources.discounts import (
    coupon,
    coupon_applies_to,
    coupon_currency_options,
    deleted_coupon,
    promotion_code,
)
from checkout.resources.links import payment_link
from checkout.resources.rates import shipping_rate, tax_rate
from checkout.resources.sessions import checkout_session, session_breakdown

__all__ = [
    "checkout_session",
    "coupon",
    "coupon_applies_to",
    "coupon_currency_options",
    "deleted_coupon",
    "deleted_product",
    "payment_link",
    "price",
    "price_currency_options",
    "product",
    "promotion_code",
    "session_breakdown",
    "shipping_rate",
    "tax_rate",
]
