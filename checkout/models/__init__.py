"""The tables of checkout."""

from checkout.models.catalog import Price, Product
from checkout.models.discounts import Coupon, PromotionCode
from checkout.models.links import PaymentLink
from checkout.models.rates import ShippingRate, TaxRate
from checkout.models.sessions import CheckoutSession, CheckoutSessionLine

__all__ = [
    "CheckoutSession",
    "CheckoutSessionLine",
    "Coupon",
    "PaymentLink",
    "Price",
    "Product",
    "PromotionCode",
    "ShippingRate",
    "TaxRate",
]
