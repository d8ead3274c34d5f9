"""Wire objects of the countries in which accounts can be opened: plain functions from tables."""

from connect.onboarding.countries import rules
from connect.onboarding.countries.catalog import TABLE
from connect.onboarding.countries.rules import CAPABILITIES
from connect.onboarding.required_fields import RequiredFields, look_up
from core import currencies
from core.types import JsonObject


def country_spec(code: str) -> JsonObject:
    """Render the capabilities and required fields of a country.

    Args:
        code: One of the catalog of countries.
    """
    row = TABLE[code]
    return {
        "id": code,
        "object": "country_spec",
        "default_currency": row.currency,
        "supported_bank_account_currencies": {
            one: rules.bank_countries(one, home=code) for one in row.currencies
        },
        "supported_payment_currencies": sorted(currencies.CODES),
        "supported_payment_methods": ["card", "stripe"]
        if "card_payments" in row.able
        else ["stripe"],
        "supported_transfer_countries": rules.codes(),
        "verification_fields": {
            kind: _fields(look_up(country=code, business_type=kind, capabilities=CAPABILITIES))
            for kind in ("company", "individual")
        },
    }


def _fields(found: RequiredFields) -> dict[str, list[str]]:
    return {"additional": list(found.later), "minimum": list(found.now)}
