"""Addresses and shipping details, with every key that readers expect."""

from typing import Final

from core.types import Fields, JsonObject

_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")


def address(details: Fields | None) -> JsonObject:
    """Render an address with all six keys."""
    return dict.fromkeys(_ADDRESS) | dict(details or {})


def customer_shipping(details: Fields | None) -> JsonObject | None:
    """Render a customer's shipping details; None without any."""
    if details is None:
        return None
    return (
        {"name": None, "phone": None} | dict(details) | {"address": address(details.get("address"))}
    )


def shipping(details: Fields | None) -> JsonObject | None:
    """Render a payment's shipping details; None without any."""
    if details is None:
        return None
    shown = customer_shipping(details) or {}
    return {"carrier": None, "tracking_number": None} | shown
