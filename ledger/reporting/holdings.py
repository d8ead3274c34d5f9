"""Where the money of the whole installation is: at processors, at banks, and between them."""

from typing import Final, NamedTuple

from django.db import connection

from ledger.chart import BANK, COLLECTIONS_IN_TRANSIT, PROCESSOR, SETTLEMENT_IN_TRANSIT
from ledger.queries import SIGNED

CODES: Final = (PROCESSOR, BANK, SETTLEMENT_IN_TRANSIT, COLLECTIONS_IN_TRANSIT)
_HOLDINGS: Final = f"""
    SELECT a.owner, a.code, a.currency, {SIGNED}, a.location
    FROM ledger_ledgeraccount a
    LEFT JOIN ledger_guardedbalance g ON g.account_id = a.id
    WHERE a.code = ANY(%s) AND a.livemode = %s
    ORDER BY a.currency, a.owner, a.code
"""  # noqa: S608  our own words


class Holding(NamedTuple):
    """What one holder has, or has sent.

    Args:
        holder: A processor account or a bank, as the ledger calls it.
        code: `processor`, `bank`, `settlement_in_transit` or `collections_in_transit`.
        currency: Lower-case ISO code.
        amount: Minor units; below zero if it has paid more than it took.
        location: Where the books have it.
    """

    holder: str
    code: str
    currency: str
    amount: int
    location: str


def holdings(*, livemode: bool) -> list[Holding]:
    """Return what each holder has, in one query.

    Args:
        livemode: Which of the two worlds.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS, [list(CODES), livemode])
        return [
            Holding(owner, code, currency, int(amount), location)
            for owner, code, currency, amount, location in cursor.fetchall()
        ]
