"""Paying a seller in its own currency: at which rate, and how much that is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import connection

from core import currencies
from core.errors import InvalidRequest
from core.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Quote:
    """What a seller gets for an amount.

    Args:
        amount: Minor units of `currency`.
        currency: The seller's.
        rate: Minor units of it for one of the platform's; shown to both, and nothing is worked
            out from it again.
    """

    amount: int
    currency: str
    rate: Decimal


# The seller settles in another currency, has no account at a bank that takes this one, and the
# operator has said at which rate it is exchanged.
_RATE = """
    SELECT r.rate, a.default_currency
    FROM accounts_account a
    JOIN LATERAL (
        SELECT rate FROM connect_exchangerate
        WHERE sold = %s AND bought = a.default_currency AND starts_at <= %s
        ORDER BY starts_at DESC
        LIMIT 1
    ) r ON true
    WHERE a.id = %s AND a.default_currency <> %s AND NOT EXISTS (
        SELECT FROM connect_externalaccount e
        WHERE e.account_id = a.id AND e.livemode = %s AND e.currency = %s AND e.deleted_at IS NULL
    )
"""


def quote(
    *, tenant: Tenant, seller_id: str, amount: int, currency: str, at: datetime
) -> Quote | None:
    """Say what a seller gets for an amount, in its own currency.

    Args:
        tenant: The platform.
        seller_id: `acct_...`.
        amount: Minor units.
        currency: Of the amount.
        at: The moment: the rate that began last before it holds.

    Returns:
        The quote; None if the seller gets the amount as it is.

    Raises:
        InvalidRequest: If less than one minor unit would be left.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RATE, [currency, at, seller_id, currency, tenant.livemode, currency])
        found = cursor.fetchone()
    if found is None:
        return None
    rate, bought = found
    units = rate.scaleb(currencies.exponent(bought) - currencies.exponent(currency))
    given = int((units * amount).to_integral_value(ROUND_HALF_EVEN))
    if given == 0:
        raise InvalidRequest(
            f"{amount} {currency} is less than the smallest amount of {bought}, in which this "
            "account settles.",
            code="amount_too_small",
            param="amount",
        )
    return Quote(given, bought, units.quantize(Decimal("1e-12")))
