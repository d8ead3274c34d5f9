"""Where the money of a charge is now: still in its pending lot, or available."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection

from core.database.transactions import require_transaction
from ledger.chart import AVAILABLE, PENDING
from ledger.entries import Part


@dataclass(frozen=True, slots=True)
class Lot:
    """An owner's pending money of one charge.

    Args:
        source: The charge that the money came with, `ch_...`.
        remaining: Minor units still pending; zero once the lot's day has matured.
        available_on: The lot's day while it is pending, otherwise None.
        lent: Minor units that were taken from what is available because the lot had no more.
            What is given to the lot makes that good first.
    """

    source: str
    remaining: int
    available_on: date | None
    lent: int = 0

    def after_debit(self, amount: int) -> "Lot":
        """Return the lot after a debit of the same transaction that is not posted yet."""
        return self.after(debit_parts(self, amount))

    def after_credit(self, amount: int) -> "Lot":
        """Return the lot after a credit of the same transaction that is not posted yet."""
        return self.after(credit_parts(self, amount), sign=-1)

    def after(self, parts: Sequence[Part], *, sign: int = 1) -> "Lot":
        """Return the lot after debits, or with a sign of -1 credits, that are not posted yet."""
        if self.available_on is None:
            return self
        mine = [part for part in parts if part.lot == self.source]
        pending = sum(part.amount for part in mine if part.code == PENDING)
        return replace(
            self,
            remaining=self.remaining - sign * pending,
            lent=self.lent + sign * (sum(part.amount for part in mine) - pending),
        )


def lock_source(source: str) -> None:
    """Lock the money of a charge, or of another source: one transaction at a time spends it."""
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
    """Read an owner's lot of a charge, and keep maturation away from it.

    Args:
        owner: The account, `acct_...`.
        source: The charge, `ch_...`.
        day: The day on which the charge's money becomes, or became, available; None if
            it was available at once.
        currency: The currency of the lot.
        livemode: The mode of the lot.
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
        cursor.execute(_FIND, [source, source, AVAILABLE, day, owner, PENDING, currency, livemode])
        found = cursor.fetchone()
    remaining, lent, is_matured = found or (0, 0, False)
    return Lot(source, 0, None) if is_matured else Lot(source, remaining, day, lent)


# The second waits until the first is had.
_LOCK_BOTH = """
    SELECT pg_advisory_xact_lock_shared(CASE WHEN first.had IS NOT NULL THEN %s END)
    FROM (SELECT pg_advisory_xact_lock(%s)::text AS had OFFSET 0) first
"""
_FIND = """
    SELECT coalesce(-(SELECT sum(p.amount) FROM ledger_posting p
                      WHERE p.lot = %s AND p.account_id = a.id), 0)::bigint,
           coalesce((SELECT sum(p.amount) FROM ledger_posting p
                     JOIN ledger_ledgeraccount u ON u.id = p.account_id
                     WHERE p.lot = %s AND u.owner = a.owner AND u.code = %s
                        AND u.currency = a.currency AND u.livemode = a.livemode), 0)::bigint,
           EXISTS (SELECT FROM ledger_journalentry e
                   WHERE e.kind = 'maturation' AND e.source = a.id || ':' || %s::date)
    FROM ledger_ledgeraccount a
    WHERE a.owner = %s AND a.code = %s AND a.currency = %s AND a.livemode = %s
"""


def debit_parts(lot: Lot, amount: int) -> tuple[Part, ...]:
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
        # Named, so that what comes back to the lot makes it good.
        lot_of_it = lot.source if lot.available_on else None
        parts.append(Part(AVAILABLE, amount - from_lot, lot=lot_of_it))
    return tuple(parts)


def credit_parts(lot: Lot, amount: int) -> tuple[Part, ...]:
    """Place a credit: into the charge's lot while that is pending, otherwise available.

    What is available gets back first what it gave for the lot.
    """
    if lot.available_on is None:
        return (Part(AVAILABLE, amount),)
    back = min(amount, max(lot.lent, 0))
    parts = [Part(AVAILABLE, back, lot=lot.source)] if back else []
    if amount > back:
        parts.append(Part(PENDING, amount - back, lot.available_on, lot.source))
    return tuple(parts)


def _pending_key(owner: str, currency: str, livemode: bool) -> int:  # noqa: FBT001
    return _key("pending", owner, currency, str(livemode))


def _key(*words: str) -> int:
    digest = hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
