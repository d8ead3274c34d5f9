"""Conversions to sellers' own currencies: rates, and converted amounts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.db import connection

from core import currencies
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Quote:
    """The converted amount that a seller gets.

    Args:
        amount: Minor units of `currency`.
        currency: The seller's currency.
        rate: Minor units of it for one of the platform's, for people only.
    """

    amount: int
    currency: str
    rate: Decimal


# Those of some sellers that settle in another currency and have no account at a bank that takes
# this one, where the operator has said at which rate it is exchanged.
_RATES = """
    SELECT a.id, r.rate, a.default_currency
    FROM accounts_account a
    JOIN LATERAL (
        SELECT rate FROM connect_exchangerate
        WHERE sold = %s AND bought = a.default_currency AND starts_at <= %s
        ORDER BY starts_at DESC
        LIMIT 1
    ) r ON true
    WHERE a.id = ANY(%s) AND a.default_currency <> %s AND NOT EXISTS (
        SELECT FROM connect_externalaccount e
        WHERE e.account_id = a.id AND e.livemode = %s AND e.currency = %s AND e.deleted_at IS NULL
    )
"""
# Whether there is any rate at all: read in the same round trip as other things.
HAS_RATES: Final = "EXISTS (SELECT FROM connect_exchangerate)"
# Seller → the rate, of major units, and the currency that it gets.
Rates = Mapping[str, tuple[Decimal, str]]


def rates(tenant: Tenant, seller_ids: Iterable[str], *, currency: str, at: datetime) -> Rates:
    """Return the conversion rates from a currency for some sellers, in one query.

    Args:
        tenant: The platform.
        seller_ids: `acct_...`.
        currency: The platform's currency.
        at: The moment at which the rates hold.

    Returns:
        The rates of those sellers that get another currency.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _RATES, [currency, at, list(seller_ids), currency, tenant.livemode, currency]
        )
        return {id: (rate, bought) for id, rate, bought in cursor.fetchall()}


def quote(rates: Rates, seller_id: str, *, amount: int, currency: str) -> Quote | None:
    """Convert an amount to a seller's own currency.

    Args:
        rates: Rates of the same currency.
        seller_id: `acct_...`.
        amount: Minor units.
        currency: Of the amount.

    Returns:
        The quote, which may be zero; None if the amount is not converted.
    """
    if seller_id not in rates:
        return None
    rate, bought = rates[seller_id]
    units = rate.scaleb(currencies.exponent(bought) - currencies.exponent(currency))
    converted = int((units * amount).to_integral_value(ROUND_HALF_EVEN))
    return Quote(converted, bought, units.quantize(Decimal("1e-12")))


def too_small_error(amount: int, currency: str, bought: str) -> InvalidRequest:
    """Build the error for less than one minor unit of the seller's currency."""
    return InvalidRequest(
        f"{Money(amount, currency)} is less than the smallest amount of {bought}, in which this "
        "account settles.",
        code="amount_too_small",
        param="amount",
    )
