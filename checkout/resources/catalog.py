"""The wire objects of products and prices."""

from checkout.models import Price, Product
from core.types import JsonObject


def deleted_product(row: Product) -> JsonObject:
    """Render what is left of a product that was deleted."""
    return {"id": row.public_id, "object": "product", "deleted": True}


def product(row: Product) -> JsonObject:
    """Render a product."""
    return {
        "id": row.public_id,
        "object": "product",
        "active": row.is_active,
        "created": int(row.created_at.timestamp()),
        "default_price": row.default_price_id,
        "description": row.description,
        "images": row.images,
        "livemode": row.livemode,
        "marketing_features": [{"name": name} for name in row.marketing_features],
        "metadata": row.metadata,
        "name": row.name,
        "package_dimensions": row.package_dimensions
        and {side: float(inches) for side, inches in row.package_dimensions.items()},
        "shippable": row.is_shippable,
        "statement_descriptor": row.statement_descriptor,
        "tax_code": row.tax_code,
        "tax_details": _tax_details(row),
        "type": row.type,
        "unit_label": row.unit_label,
        "updated": int(row.updated_at.timestamp()),
        "url": row.url,
    }


def price(row: Price) -> JsonObject:
    """Render a price, whose product is loaded with it."""
    return {
        "id": row.id,
        "object": "price",
        "active": row.is_active,
        "billing_scheme": "per_unit",
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "custom_unit_amount": row.custom_unit_amount,
        "livemode": row.livemode,
        "lookup_key": row.lookup_key,
        "metadata": row.metadata,
        "nickname": row.nickname,
        "product": row.product.public_id,
        "recurring": row.recurring,
        "tax_behavior": row.tax_behavior,
        "tiers_mode": None,
        "transform_quantity": row.transform_quantity,
        "type": "recurring" if row.recurring else "one_time",
        "unit_amount": row.unit_amount,
        "unit_amount_decimal": row.unit_amount_decimal,
    }


def price_currency_options(row: Price) -> JsonObject:
    """Render what a price is in each of its currencies, its own among them."""
    own = {
        "custom_unit_amount": row.custom_unit_amount,
        "tax_behavior": row.tax_behavior,
        "unit_amount": row.unit_amount,
        "unit_amount_decimal": row.unit_amount_decimal,
    }
    return {row.currency: own, **row.currency_options}


def _tax_details(row: Product) -> JsonObject | None:
    if row.tax_code is None and row.performance_location is None:
        return None
    return {"performance_location": row.performance_location, "tax_code": row.tax_code}
