"""What locations hold, and what their owners may use of it."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db import connection

from ledger.chart import (
    AVAILABLE,
    BETWEEN_LOCATIONS,
    CHART,
    PAYOUTS_IN_TRANSIT,
    PENDING,
    REFUNDS_IN_TRANSIT,
    SUSPENSE,
    Side,
)
from ledger.queries import SIGNED

# All that a location holds is somebody's. This part of it has not come yet, is on its way out, or
# may have to be given back any day. What other locations hold for this one's owners is as free as
# what a processor here does: it comes when it is due.
_NOT_FREE: Final = (
    PENDING, PAYOUTS_IN_TRANSIT, REFUNDS_IN_TRANSIT, SUSPENSE, BETWEEN_LOCATIONS,
)  # fmt: skip
_FREE_CODES: Final = [
    code for code, line in CHART.items() if line.side is Side.CREDIT and code not in _NOT_FREE
]

_AT = """
    JOIN unnest(%s::text[], %s::text[], %s::bool[]) AS place (location, currency, livemode)
        USING (location, currency, livemode)
"""
_FREE_CASH = f"""
    SELECT location, currency, livemode, sum(-({SIGNED}))
    FROM ledger_ledgeraccount a {_AT}
    LEFT JOIN ledger_guardedbalance g ON g.account_id = a.id
    WHERE a.code = ANY(%s) GROUP BY 1, 2, 3
"""  # noqa: S608  our own words
_USABLE = f"""
    SELECT location, currency, livemode, sum(greatest(g.posted - g.held, 0))
    FROM ledger_ledgeraccount a {_AT}
    JOIN ledger_guardedbalance g ON g.account_id = a.id
    WHERE a.code = ANY(%s) GROUP BY 1, 2, 3
"""  # noqa: S608


class Place(NamedTuple):
    """Where money is, and which.

    Args:
        location: Its name.
        currency: The currency of the money.
        livemode: Which of the two worlds.
    """

    location: str
    currency: str
    livemode: bool


def free_cash(places: Iterable[Place]) -> dict[Place, int]:
    """Return what each place holds that has come and is not promised to anybody outside.

    Assets and liabilities of a location are equal, so this is what is owed there, less what is
    still pending and what is already on its way out. Who owes, and money that was given in
    another currency than it came in, make it less than what its owners may use.

    Args:
        places: Which; all are asked for in one query.

    Returns:
        Minor units; below zero if more has left than came.
    """
    return _sums(_FREE_CASH, places, _FREE_CODES)


def usable_by_all(places: Iterable[Place]) -> dict[Place, int]:
    """Return what the owners at each place may use together; who owes takes nothing of it.

    Args:
        places: Which; all are asked for in one query.

    Returns:
        Minor units.
    """
    return _sums(_USABLE, places, [AVAILABLE])


def _sums(statement: str, places: Iterable[Place], codes: list[str]) -> dict[Place, int]:
    found = dict.fromkeys(places, 0)
    if not found:
        return found
    columns = [list(column) for column in zip(*found, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*columns, codes])
        for location, currency, livemode, total in cursor.fetchall():
            found[Place(location, currency, livemode)] = int(total)
    return found
