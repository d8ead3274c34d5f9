"""What is on its way and has not arrived: the operator's first look at the books."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection

from ledger.chart import CHART, CLEARING, Side


@dataclass(frozen=True, slots=True)
class Uncleared:
    """A business object whose clearing account is not back at zero.

    Args:
        group: The object, such as `pi_...`.
        code: The clearing account.
        owner: Whose.
        currency: The currency of the amount.
        livemode: Which of the two worlds.
        amount: Minor units; below zero, more was taken out than put in.
        since: When the first entry touched it; None if it was tampered with to say no moment.
        last: When the last one did; likewise.
    """

    group: str
    code: str
    owner: str
    currency: str
    livemode: bool
    amount: int
    since: datetime | None
    last: datetime | None

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        moments = {"since": self.since, "last": self.last}
        return asdict(self) | {name: at and at.isoformat() for name, at in moments.items()}


# What Python has a moment for.
_MOMENT = "e.posted_at BETWEEN '0001-01-02' AND '9999-12-30'"
_AGEING = """
    SELECT e."group", a.code, a.owner, a.currency, a.livemode, sum(p.amount),
        min(e.posted_at) FILTER (WHERE {moment}), max(e.posted_at) FILTER (WHERE {moment})
    FROM ledger_ledgeraccount a
    JOIN ledger_posting p ON p.account_id = a.id
    JOIN ledger_journalentry e ON e.id = p.entry_id
    WHERE a.code = ANY(%s) AND a.livemode = ANY(%s)
    GROUP BY e."group", a.id
    HAVING sum(p.amount) <> 0
    ORDER BY min(e.posted_at), e."group"
    LIMIT %s
"""


def clearing_ageing(
    *, most: int = 1_000, livemode: bool | None = None, codes: Sequence[str] = CLEARING
) -> list[Uncleared]:
    """Return every object whose clearing accounts are not back at zero, oldest first.

    Args:
        most: No more than so many.
        livemode: In which mode; None for both.
        codes: Of which clearing accounts.
    """
    modes = [True, False] if livemode is None else [livemode]
    with connection.cursor() as cursor:
        cursor.execute(_AGEING.format(moment=_MOMENT), [list(codes), modes, most])
        rows = cursor.fetchall()
    return [
        Uncleared(
            group,
            code,
            owner,
            currency,
            livemode,
            int(signed if CHART[code].side is Side.DEBIT else -signed),
            since,
            last,
        )
        for group, code, owner, currency, livemode, signed, since, last in rows
    ]
