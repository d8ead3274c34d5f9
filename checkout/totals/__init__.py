"""What a cart costs: lines, discounts, taxes and shipping, in whole minor units."""

from checkout.totals.computing import compute
from checkout.totals.parts import (
    Discount,
    DiscountShare,
    Line,
    LineTotals,
    Shipping,
    ShippingTotals,
    Tax,
    TaxShare,
    Totals,
)

__all__ = [
    "Discount",
    "DiscountShare",
    "Line",
    "LineTotals",
    "Shipping",
    "ShippingTotals",
    "Tax",
    "TaxShare",
    "Totals",
    "compute",
]
