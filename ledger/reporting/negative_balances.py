"""How much is owed by those whose usable balance is below zero."""

from dataclasses import dataclass

from django.db import connection

from accounts.queries import PLATFORMS
from core.types import JsonObject
from ledger.chart import AVAILABLE


@dataclass(frozen=True, slots=True)
class Owed:
    """What all who owe owe together, in one currency.

    Args:
        currency: The currency of the amount.
        count: How many owe.
        amount: Minor units, positive.
    """

    currency: str
    count: int
    amount: int


_TOTALS = f"""
    SELECT a.currency, count(*), sum(-g.posted)
    FROM ledger_guardedbalance g JOIN ledger_ledgeraccount a ON a.id = g.account_id
    WHERE a.code = %(code)s AND g.posted < 0 AND a.livemode = %(livemode)s
        AND (%(platform)s = '' OR a.owner IN (
            SELECT account_id FROM {PLATFORMS} o WHERE o.platform_id = %(platform)s))
    GROUP BY 1 ORDER BY 1
"""  # noqa: S608  our own words


def totals(*, livemode: bool, platform_id: str = "") -> list[Owed]:
    """Return what is owed, by currency, in one query.

    Args:
        livemode: Which of the two worlds.
        platform_id: Only this platform and the sellers that it opened; empty for all.
    """
    values: JsonObject = {"code": AVAILABLE, "livemode": livemode, "platform": platform_id}
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, values)
        return [Owed(currency, count, int(amount)) for currency, count, amount in cursor.fetchall()]
