"""Where the money of a charge is now: still in its pending lot, or available."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection

from core.db import require_transaction
from ledger.chart import AVAILABLE, PENDING
from ledger.entries import Part


@dataclass(frozen=True, slots=True)
class Lot:
    """What an owner still has pending of one charge.

    Args:
        source: The charge that the money came with, `ch_...`.
        remaining: Minor units still pending; zero once the lot's day has matured.
        available_on: The lot's day while it is pending, otherwise None.
    """

    source: str
    remaining: int
    available_on: date | None

    def less(self, amount: int) -> "Lot":
        """Return the lot after a debit of the same transaction that is not posted yet."""
        return replace(self, remaining=max(0, self.remaining - amount))

    def more(self, amount: int) -> "Lot":
        """Return the lot after a credit of the same transaction that is not posted yet."""
        return replace(self, remaining=self.remaining + (amount if self.available_on else 0))


def lock_source(source: str) -> None:
    """Let only one transaction at a time spend the money of a charge."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key("source", source)])


def lock_for_maturation(*, owner: str, currency: str, livemode: bool) -> None:
    """Keep everybody who looks at this owner's lots out until the transaction ends."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [_pending_key(owner, currency, livemode)]
        )


def find(
    *,
    owner: str,
    source: str,
    day: date | None,
    currency: str,
    livemode: bool,
    is_spent: bool = False,
) -> Lot:
    """Look at an owner's share of a charge's pending lot, and keep maturation away from it.

    Args:
        owner: The account, `acct_...`.
        source: The charge, `ch_...`.
        day: The day on which the charge's money becomes, or became, available; None if
            it was available at once.
        currency: Of the lot.
        livemode: Of the lot.
        is_spent: True to keep away whoever else would spend the charge's money, as
            `lock_source` does.

    Returns:
        The lot; with nothing remaining and no day if it has matured.
    """
    require_transaction()
    if day is None:
        if is_spent:
            lock_source(source)
        return Lot(source, 0, None)
    with connection.cursor() as cursor:
        # The locks come first, in a statement of their own: a statement sees what had
        # committed when it began, and maturation may commit while we wait.
        pending = _pending_key(owner, currency, livemode)
        if is_spent:
            cursor.execute(_LOCK_BOTH, [pending, _key("source", source)])
        else:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [pending])
        cursor.execute(_FIND, [source, day, owner, PENDING, currency, livemode])
        found = cursor.fetchone()
    remaining, is_matured = found or (0, False)
    return Lot(source, 0, None) if is_matured else Lot(source, remaining, day)


# The second waits until the first is had.
_LOCK_BOTH = """
    SELECT pg_advisory_xact_lock_shared(CASE WHEN first.had IS NOT NULL THEN %s END)
    FROM (SELECT pg_advisory_xact_lock(%s)::text AS had OFFSET 0) first
"""
_FIND = """
    SELECT coalesce(-(SELECT sum(p.amount) FROM ledger_posting p
                      WHERE p.lot = %s AND p.account_id = a.id), 0)::bigint,
           EXISTS (SELECT FROM ledger_journalentry e
                   WHERE e.kind = 'maturation' AND e.source = a.id || ':' || %s::date)
    FROM ledger_ledgeraccount a
    WHERE a.owner = %s AND a.code = %s AND a.currency = %s AND a.livemode = %s
"""


def taken_from(lot: Lot, amount: int) -> tuple[Part, ...]:
    """Spread a debit: first what remains of the charge's own lot, then what is available.

    Args:
        lot: From `find`, in the same transaction.
        amount: Minor units, positive.
    """
    from_lot = min(amount, max(lot.remaining, 0)) if lot.available_on else 0
    parts = []
    if from_lot:
        parts.append(Part(PENDING, from_lot, lot.available_on, lot.source))
    if amount > from_lot:
        parts.append(Part(AVAILABLE, amount - from_lot))
    return tuple(parts)


def given_to(lot: Lot, amount: int) -> tuple[Part, ...]:
    """Place a credit: into the charge's lot while that is pending, otherwise available."""
    if lot.available_on:
        return (Part(PENDING, amount, lot.available_on, lot.source),)
    return (Part(AVAILABLE, amount),)


def _pending_key(owner: str, currency: str, livemode: bool) -> int:  # noqa: FBT001
    return _key("pending", owner, currency, str(livemode))


def _key(*words: str) -> int:
    digest = hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
