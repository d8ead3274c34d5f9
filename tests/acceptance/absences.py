"""Which fields of an object may be left out, which may be null: as the description says."""

from functools import cache
from pathlib import Path
from typing import Final

# What is left out of an object where there is none, and null to whoever expands it all the same:
# a caller that expands a page learns which of its objects have none.
_NULL_IF_EXPANDED: Final = {
    ("Charge", "transfer"), ("Coupon", "applies_to"), ("Coupon", "currency_options"),
    ("Refund", "failure_balance_transaction"),
}  # fmt: skip


@cache
def _optional_fields() -> dict[str, dict[str, bool]]:
    """Return the fields that each class may leave out, and whether they may be null."""
    table = {}
    for line in Path(__file__).with_name("left_out.txt").read_text().splitlines():
        name, *fields = line.split()
        table[name] = {field.rstrip("?"): field.endswith("?") for field in fields}
    return table


def may_leave_out(cls: type, name: str) -> bool:
    """Tell whether an object of a class may be without a field."""
    return name in _optional_fields().get(cls.__qualname__, {})


def may_be_null(cls: type, name: str) -> bool:
    """Tell whether a field may be null, rather than only left out."""
    of_class = cls.__qualname__
    if (of_class, name) in _NULL_IF_EXPANDED:
        return True
    return _optional_fields().get(of_class, {}).get(name, True)
