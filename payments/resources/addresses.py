"""Addresses and where goods go: every key that readers expect, null where nothing was said."""

from collections.abc import Mapping
from typing import Any, Final

_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")


def address(said: Mapping[str, Any] | None) -> dict[str, Any]:
    """Render an address with all six keys."""
    return dict.fromkeys(_ADDRESS) | dict(said or {})


def customer_shipping(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Render where a customer's goods go; None if nothing was said."""
    if said is None:
        return None
    return {"name": None, "phone": None} | dict(said) | {"address": address(said.get("address"))}


def shipping(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Render where a payment's goods go, and with whom; None if nothing was said."""
    if said is None:
        return None
    shown = customer_shipping(said) or {}
    return {"carrier": None, "tracking_number": None} | shown
