"""What is said of a cart, wherever one is taken: items, ways of shipping."""

from typing import Final

from api.wire.params import (
    Amount,
    Boolean,
    Choice,
    Currency,
    Id,
    Integer,
    Many,
    Metadata,
    NewMetadata,
    Param,
    Table,
    Text,
)
from checkout.params.prices import TAX_BEHAVIOR, UNIT_AMOUNT, UNIT_AMOUNT_DECIMAL

_MOST_PIECES: Final = 999_999
_ADJUSTABLE: Final = Table(
    {
        "enabled": Boolean(required=True),
        "maximum": Integer(least=0, most=_MOST_PIECES),
        "minimum": Integer(least=0, most=_MOST_PIECES),
    }
)
_PRICE_DATA: Final = Table(
    {
        "currency": Currency(required=True),
        "product": Text(most=64),
        "product_data": Table(
            {
                "description": Text(most=40_000),
                "images": Many(Text(most=2_048), most=8),
                "metadata": NewMetadata(),
                "name": Text(most=5_000, required=True),
                "tax_code": Text(most=64),
                "tax_details": Table(
                    {"performance_location": Text(most=64), "tax_code": Text(most=64)}
                ),
                "unit_label": Text(most=12),
            }
        ),
        "tax_behavior": TAX_BEHAVIOR,
        "unit_amount": UNIT_AMOUNT,
        "unit_amount_decimal": UNIT_AMOUNT_DECIMAL,
    }
)
_ITEM: Final[dict[str, Param]] = {
    "adjustable_quantity": _ADJUSTABLE,
    "metadata": NewMetadata(),
    "price": Id(),
    "price_data": _PRICE_DATA,
    "quantity": Integer(least=0, most=_MOST_PIECES),
    "tax_rates": Many(Id(), most=10),
}
LINE_ITEMS: Final = Many(Table(_ITEM), most=100)
CHANGED_ITEMS: Final = Many(
    Table(
        _ITEM
        | {"id": Id(), "metadata": Metadata(), "tax_rates": Many(Id(), most=10, nullable=True)}
    ),
    most=100,
)
# What is sold by a link is one cart for all, so it has no metadata of its own.
LINKED_ITEMS: Final = Many(
    Table({name: param for name, param in _ITEM.items() if name != "metadata"}),
    most=20,
    required=True,
)
LINKED_ITEMS_CHANGED: Final = Many(
    Table(
        {
            "adjustable_quantity": _ADJUSTABLE,
            "id": Id(required=True),
            "quantity": Integer(least=1, most=_MOST_PIECES),
        }
    ),
    most=20,
)
_OPTIONAL_ITEM: Final = Table(
    {
        "adjustable_quantity": _ADJUSTABLE,
        "price": Id(required=True),
        "quantity": Integer(least=1, most=_MOST_PIECES, required=True),
    }
)
OPTIONAL_ITEMS: Final = Many(_OPTIONAL_ITEM, most=10)
OPTIONAL_ITEMS_OR_NONE: Final = Many(_OPTIONAL_ITEM, most=10, nullable=True)
_UNIT: Final = Table(
    {
        "unit": Choice("business_day", "day", "hour", "month", "week", required=True),
        "value": Integer(least=1, most=10_000, required=True),
    }
)
_SHIPPING_RATE_DATA: Final = Table(
    {
        "delivery_estimate": Table({"maximum": _UNIT, "minimum": _UNIT}),
        "display_name": Text(most=100, required=True),
        "fixed_amount": Table(
            {
                "amount": Amount(least=0, required=True),
                "currency": Currency(required=True),
            }
        ),
        "metadata": NewMetadata(),
        "tax_behavior": TAX_BEHAVIOR,
        "tax_code": Text(most=64),
        "type": Choice("fixed_amount"),
    }
)
_SHIPPING_OPTION: Final = Table({"shipping_rate": Id(), "shipping_rate_data": _SHIPPING_RATE_DATA})
SHIPPING_OPTIONS: Final = Many(_SHIPPING_OPTION, most=5)
SHIPPING_OPTIONS_OR_NONE: Final = Many(_SHIPPING_OPTION, most=5, nullable=True)
