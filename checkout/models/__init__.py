"""The tables of checkout."""

from checkout.models.catalog import Price, Product
from checkout.models.discounts import Coupon, PromotionCode
from checkout.models.rates import ShippingRate, TaxRate

__all__ = ["Coupon", "Price", "Product", "PromotionCode", "ShippingRate", "TaxRate"]
