"""Plans by which a card's bank lets its holder pay in parts; the merchant has all at once.

Source: Stripe's page on instalments in Mexico, with its least amounts. Those of Brazil and Japan
have the counts that banks there commonly have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.types import Fields, JsonObject

_FIXED: Final = "fixed_count"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the banks of a country offer.

    Args:
        currency: In which alone they do.
        least: Count of monthly parts → the smallest amount, in minor units.
        others: Their plans without a count, as the wire names them.
    """

    currency: str
    least: dict[int, int]
    others: tuple[str, ...] = ()


# The country of a card's bank → its terms.
TERMS: Final = {
    "MX": Terms("mxn", {count: count * 100_00 for count in (3, 6, 9, 12, 18, 24)}),
    "BR": Terms("brl", {count: count * 5_00 for count in range(2, 13)}),
    "JP": Terms("jpy", dict.fromkeys((3, 5, 6, 10, 12, 15, 18, 20, 24), 0), ("bonus", "revolving")),
}


def available(*, country: str | None, funding: str, currency: str, amount: int) -> list[JsonObject]:
    """Return the plans of a card for a payment, as the wire has them.

    Args:
        country: Of the card's bank, ISO 3166 alpha-2.
        funding: Of the card; only credit is paid in parts.
        currency: Lower-case ISO code.
        amount: Minor units.
    """
    terms = TERMS.get(country or "")
    if terms is None or funding != "credit" or currency != terms.currency:
        return []
    counted = [_plan(_FIXED, count) for count, least in terms.least.items() if amount >= least]
    return counted + [_plan(type) for type in terms.others]


def read_plan(given: Fields) -> JsonObject:
    """Return the plan that a merchant names, in the form of `available`."""
    count = str(given.get("count") or "")
    return _plan(str(given.get("type") or ""), int(count) if count.isdigit() else None)


def show(given: Fields) -> JsonObject:
    """Render what an intent keeps of instalments."""
    plan = given.get("plan")
    plans: Sequence[JsonObject] = given.get("available_plans") or []
    return {
        "available_plans": list(plans),
        "enabled": is_enabled(given),
        "plan": read_plan(plan) if plan else None,
    }


def is_enabled(given: Fields) -> bool:
    """Tell whether a merchant lets a payer pay in parts."""
    return given.get("enabled") in (True, "true")


def _plan(type: str, count: int | None = None) -> JsonObject:
    if type != _FIXED:
        return {"count": None, "interval": None, "type": type}
    return {"count": count, "interval": "month", "type": type}
