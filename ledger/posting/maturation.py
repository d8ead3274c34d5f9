"""Pending money becomes available."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Protocol

from django.db import connection

from core.database.transactions import atomic, with_retries
from ledger import rules
from ledger.chart import AVAILABLE, PENDING
from ledger.entries import Entry, Part
from ledger.posting import journal, lots
from ledger.queries import NOT_FOLDED


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day of pending money of one owner that has come."""

    account_id: int
    owner: str
    currency: str
    livemode: bool
    day: date


class Hearer(Protocol):
    """Somebody who is told, within the transaction, that money has become available."""

    def __call__(self, owner: str, *, livemode: bool, at: datetime) -> None:
        """Hear of an owner whose money it is."""


_hearers: list[Hearer] = []


def register(hearer: Hearer) -> None:
    """Have somebody told whenever money becomes available."""
    _hearers.append(hearer)


def mature(*, at: datetime) -> int:
    """Make all pending money available whose day has come.

    One entry per owner, currency and day. A day that has been done is not done
    again, so this may run at any time, twice, or be cut off anywhere.

    Args:
        at: The moment, in UTC. A lot of today's date has come.

    Returns:
        How many entries were posted.
    """
    return sum(with_retries(partial(_mature_day, due, at=at)) for due in _due(at.date()))


def _due(today: date) -> Iterator[DueDay]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [today, today, PENDING])
        rows = cursor.fetchall()
    for account_id, owner, currency, livemode, day in rows:
        yield DueDay(account_id, owner, currency, livemode, day)


# Folded lots and the postings after the fold: a lot may be due before it is folded.
_DUE = f"""
    SELECT a.id, a.owner, a.currency, a.livemode, d.available_on
    FROM (
        SELECT account_id, available_on, total FROM ledger_fold
        WHERE available_on <= %s AND available_on > DATE '0001-01-01'
        UNION ALL
        SELECT p.account_id, p.available_on, p.amount
        FROM ledger_posting p, ledger_foldhorizon h
        WHERE {NOT_FOLDED} AND p.available_on <= %s
    ) d
    JOIN ledger_ledgeraccount a ON a.id = d.account_id
    WHERE a.code = %s
    GROUP BY a.id, a.owner, a.currency, a.livemode, d.available_on
    HAVING sum(d.total) <> 0
    ORDER BY a.id, d.available_on
"""  # noqa: S608  our own words


def _mature_day(due: DueDay, *, at: datetime) -> int:
    with atomic():
        lots.lock_for_maturation(owner=due.owner, currency=due.currency, livemode=due.livemode)
        amount = _remaining(due)
        if amount <= 0:
            return 0
        entry = Entry(
            rule=rules.MATURATION,
            source=f"{due.account_id}:{due.day}",
            group=due.owner,
            currency=due.currency,
            debit_owner=due.owner,
            credit_owner=due.owner,
            debits=(Part(PENDING, amount, due.day),),
            credits=(Part(AVAILABLE, amount),),
        )
        is_new = journal.post(entry, livemode=due.livemode, at=at).is_new
        if is_new:
            for hear in _hearers:
                hear(due.owner, livemode=due.livemode, at=at)
        return int(is_new)


def _remaining(due: DueDay) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_REMAINING, [due.account_id, due.day, due.account_id, due.day])
        (amount,) = cursor.fetchone()
    return int(amount)


_REMAINING = f"""
    SELECT -(
        coalesce((SELECT total FROM ledger_fold WHERE account_id = %s AND available_on = %s), 0)
        + coalesce((SELECT sum(p.amount) FROM ledger_posting p, ledger_foldhorizon h
                    WHERE p.account_id = %s AND {NOT_FOLDED} AND p.available_on = %s), 0)
    )
"""  # noqa: S608  our own words
