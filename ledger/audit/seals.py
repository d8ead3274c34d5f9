"""Seals over the journal: who rewrites what was sealed is found out, even the tables' owner.

A seal is the root of a Merkle tree over all entries of a stretch of transactions that has
surely committed, with their postings and lines. Its head covers the seal before it, so one
head that was kept elsewhere vouches for everything up to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from core.database.transactions import atomic
from ledger.models import Seal
from ledger.posting import journal

_MOST_AT_ONCE: Final = 1_000
_VERIFIED_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Broken:
    """A seal that does not hold.

    Args:
        number: The number of the seal.
        detail: Why.
    """

    number: int
    detail: str


def seal_once() -> int:
    """Seal what has surely committed since the last seal, up to a thousand entries.

    Returns:
        How many entries were sealed; 0 if there are none, or another process seals.

    Raises:
        NeedsRebase: If the database was restored into another cluster.
    """
    with atomic(), journal.translate_refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_seal(%s)", [_MOST_AT_ONCE])
        return int(cursor.fetchone()[0])


def seal_all() -> int:
    """Seal until there is nothing left. Returns how many entries were sealed."""
    total = 0
    while sealed := seal_once():
        total += sealed
    return total


def verify(*, since: int = 1) -> Iterator[tuple[int, list[Broken]]]:
    """Recompute seals from a number on, a few at a time.

    Yields:
        The last number that was looked at, and what is broken up to it.
    """
    last = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    for first in range(since, last + 1, _VERIFIED_AT_ONCE):
        upto = min(first + _VERIFIED_AT_ONCE - 1, last)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT * FROM ledger_broken_seals(%s, %s)", [first, upto])
            yield upto, [Broken(number, detail) for number, detail in cursor.fetchall()]


def number_of(head: str) -> int | None:
    """Return the number of the seal that has a head; None if none has it.

    Args:
        head: The head, in hexadecimal, as `head` returned it some day.
    """
    return Seal.objects.filter(head=bytes.fromhex(head)).values_list("number", flat=True).first()


def heads(*, after: int | None) -> Iterator[tuple[int, str]]:
    """Return the number and the head of each seal after one, in order.

    Args:
        after: The number of that one; None for the last seal alone.
    """
    rows = Seal.objects.order_by("number") if after is not None else Seal.objects.none()
    found = rows.filter(number__gt=after or 0).values_list("number", "head").iterator()
    if after is None:
        found = iter(Seal.objects.order_by("-number").values_list("number", "head")[:1])
    for number, head in found:
        yield number, bytes(head).hex()


def head() -> str | None:
    """Return the head of the last seal, in hexadecimal; None before the first one.

    Kept outside of this database it vouches for all entries up to it.
    """
    found = Seal.objects.order_by("-number").values_list("head", flat=True).first()
    return None if found is None else bytes(found).hex()
