"""The wire objects of tax rates and shipping rates."""

from typing import Final

from checkout.models import ShippingRate, TaxRate
from core.types import JsonObject

_PPM_OF_PERCENT: Final = 10_000


def tax_rate(row: TaxRate) -> JsonObject:
    """Render a tax rate."""
    return {
        "id": row.id,
        "object": "tax_rate",
        "active": row.is_active,
        "country": row.country,
        "created": int(row.created_at.timestamp()),
        "description": row.description,
        "display_name": row.display_name,
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": row.is_inclusive,
        "jurisdiction": row.jurisdiction,
        "jurisdiction_level": None,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "percentage": row.percentage_ppm / _PPM_OF_PERCENT,
        "rate_type": "percentage",
        "state": row.state,
        "tax_type": row.tax_type,
    }


def shipping_rate(row: ShippingRate) -> JsonObject:
    """Render a shipping rate."""
    own = {"amount": row.amount, "tax_behavior": row.tax_behavior}
    return {
        "id": row.id,
        "object": "shipping_rate",
        "active": row.is_active,
        "created": int(row.created_at.timestamp()),
        "delivery_estimate": row.delivery_estimate,
        "display_name": row.display_name,
        "fixed_amount": {
            "amount": row.amount,
            "currency": row.currency,
            "currency_options": {row.currency: own, **row.currency_options},
        },
        "livemode": row.livemode,
        "metadata": row.metadata,
        "tax_behavior": row.tax_behavior,
        "tax_code": row.tax_code,
        "type": "fixed_amount",
    }
