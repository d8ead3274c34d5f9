"""Wire objects of the countries in which accounts can be opened: plain functions from tables."""

from typing import Any

from connect import countries
from connect.countries import CAPABILITIES
from connect.requirements import Asked, asked
from core import currencies


def country_spec(code: str) -> dict[str, Any]:
    """Render what accounts of a country can do, and must tell.

    Args:
        code: One of `countries.codes()`.
    """
    currency = countries.currency_of(code)
    return {
        "id": code,
        "object": "country_spec",
        "default_currency": currency,
        "supported_bank_account_currencies": {currency: [code]},
        "supported_payment_currencies": sorted(currencies.CODES),
        "supported_payment_methods": ["card", "stripe"],
        "supported_transfer_countries": countries.codes(),
        "verification_fields": {
            kind: _fields(asked(country=code, business_type=kind, capabilities=CAPABILITIES))
            for kind in ("company", "individual")
        },
    }


def _fields(found: Asked) -> dict[str, list[str]]:
    return {"additional": list(found.later), "minimum": list(found.now)}
