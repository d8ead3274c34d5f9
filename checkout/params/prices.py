"""What is said of a price, wherever one is made."""

from typing import Final

from api.refused.parameters import NO_TIERS
from api.wire.figures import ByCurrency, DecimalText, NotTaken
from api.wire.params import Amount, Boolean, Choice, Integer, Table

_MOST_MINOR_UNITS: Final = 999_999_999_999

TAX_BEHAVIOR: Final = Choice("exclusive", "inclusive", "unspecified")
CUSTOM_UNIT_AMOUNT: Final = Table(
    {
        "enabled": Boolean(required=True),
        "maximum": Amount(least=0),
        "minimum": Amount(least=0),
        "preset": Amount(least=0),
    }
)
UNIT_AMOUNT: Final = Amount(least=0)
UNIT_AMOUNT_DECIMAL: Final = DecimalText(places=12, most=_MOST_MINOR_UNITS)
_OPTION: Final = Table(
    {
        "custom_unit_amount": CUSTOM_UNIT_AMOUNT,
        "tax_behavior": TAX_BEHAVIOR,
        "tiers": NotTaken(NO_TIERS),
        "unit_amount": UNIT_AMOUNT,
        "unit_amount_decimal": UNIT_AMOUNT_DECIMAL,
    }
)
CURRENCY_OPTIONS: Final = ByCurrency(_OPTION)
CURRENCY_OPTIONS_OR_NONE: Final = ByCurrency(_OPTION, nullable=True)
INTERVALS: Final = ("day", "month", "week", "year")
RECURRING: Final = {
    "interval": Choice(*INTERVALS, required=True),
    "interval_count": Integer(least=1, most=1_095),
}
