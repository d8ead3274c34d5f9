"""Movements, ready to be posted: who gives, who gets, out of which buckets."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from core import ids
from ledger.chart import FX_POSITION, PROCESSOR
from ledger.rules import CORRECTION, Rule

# The owner of what belongs to nobody else, such as the FX position.
OPERATOR: Final = "operator"


class UnbalancedEntry(AssertionError):
    """An entry does not add up or breaks its rule: a bug of ours."""


@dataclass(frozen=True, slots=True)
class Part:
    """An amount in one bucket of the owner on one side of an entry.

    Args:
        code: The bucket, a code of the chart.
        amount: Minor units, positive.
        available_on: For pending money, the day on which it becomes available.
        lot: For pending money, the charge it came with; for available money, the charge whose
            pending money did not suffice.
    """

    code: str
    amount: int
    available_on: date | None = None
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The balance transaction that an owner is shown for an entry.

    Args:
        owner: The account that sees it, `acct_...`.
        type: A word of the wire, such as `"charge"`.
        amount: Gross change of the owner's balance in minor units, signed.
        source: The object it is about, such as `ch_...`.
        available_on: The day on which its net is, or was, available.
        fee: What of the gross went to fees, posted by entries of their own.
        fee_details: The parts of `fee`, as the wire shows them.
        currency: The currency of the amount, where it is not the entry's.
        exchange_rate: Minor units of it for one of the other currency; for people only.
    """

    owner: str
    type: str
    amount: int
    source: str
    available_on: date
    fee: int = 0
    fee_details: Sequence[dict[str, object]] = ()
    description: str | None = None
    currency: str | None = None
    exchange_rate: Decimal | None = None
    id: str = field(default_factory=lambda: ids.new_id("txn"))


# (owner, code, currency, signed amount, day, lot): debits are positive.
Leg = tuple[str, str, str, int, date | None, str | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement, ready to be posted.

    Args:
        rule: Which movement it is.
        source: The object that causes it. A rule happens once for a source, for ever.
        group: The business object that all its entries belong to, such as `pi_...`.
        currency: The currency of all its amounts, but of the credits of an exchange.
        debit_owner: Whose account is debited.
        credit_owner: Whose account is credited.
        debits: How the amount is spread over the debited owner's buckets.
        credits: How it is spread over the credited owner's buckets.
        lines: What owners are shown of it.
        received: For an exchange, the currency of the credits, whose total is its own then.
        between: For owners held at different places, the processor accounts of the
            debited and of the credited owner: the money changes its place as well.
    """

    rule: Rule
    source: str
    group: str
    currency: str
    debit_owner: str
    credit_owner: str
    debits: Sequence[Part]
    credits: Sequence[Part]
    lines: Sequence[Line] = ()
    received: str | None = None
    between: tuple[str, str] | None = None
    id: str = field(default_factory=lambda: ids.new_id("je"))

    @property
    def reverses(self) -> str | None:
        """Return the entry that this one takes back: none. See `Correction`."""
        return None

    def legs(self) -> list[Leg]:
        """Return each posting."""
        taken, given = self.currency, self.received or self.currency
        legs: list[Leg] = [
            (self.debit_owner, p.code, taken, p.amount, p.available_on, p.lot) for p in self.debits
        ]
        if self.received:
            legs += [
                (OPERATOR, FX_POSITION, taken, -_total(self.debits), None, None),
                (OPERATOR, FX_POSITION, given, _total(self.credits), None, None),
            ]
        legs += [
            (self.credit_owner, p.code, given, -p.amount, p.available_on, p.lot)
            for p in self.credits
        ]
        if self.between:
            left, reached = self.between
            legs += [
                (reached, PROCESSOR, taken, _total(self.debits), None, None),
                (left, PROCESSOR, taken, -_total(self.debits), None, None),
            ]
        return legs

    def fingerprint(self) -> bytes:
        """Digest what must be the same when the movement comes again: who, and how much.

        Not the buckets: a repeat may find the money matured.
        """
        parts: tuple[object, ...] = (
            self.currency,
            self.debit_owner,
            self.credit_owner,
            _total(self.debits),
        )
        if self.received:
            parts += (self.received, _total(self.credits))
        return _digest(parts)

    def check(self) -> None:
        """Refuse an entry that does not add up or breaks its rule.

        Raises:
            UnbalancedEntry: A bug of ours.
        """
        rule = self.rule
        for part in itertools.chain(self.debits, self.credits):
            if type(part.amount) is not int or part.amount <= 0:
                raise UnbalancedEntry(f"{rule.kind}: {part.amount!r} is not a positive amount.")
        adds_up = self.received or _total(self.debits) == _total(self.credits)
        if not self.debits or not self.credits or not adds_up:
            raise UnbalancedEntry(f"{rule.kind} of {self.source} does not add up.")
        exchanges = FX_POSITION in rule.debits and FX_POSITION in rule.credits
        if self.received and (self.received == self.currency or self.between or not exchanges):
            raise UnbalancedEntry(f"{rule.kind} of {self.source} can't exchange like this.")
        codes_fit = all(p.code in rule.debits for p in self.debits) and all(
            p.code in rule.credits for p in self.credits
        )
        if not codes_fit or (self.between and not rule.moves_between_locations):
            raise UnbalancedEntry(f"{rule.kind} of {self.source} names a bucket it may not.")


@dataclass(frozen=True, slots=True)
class Correction:
    """The opposite of an entry that was wrong. Made by `corrections.reverse`.

    Args:
        reverses: The wrong entry. It can be taken back once.
        group: The business object of the wrong entry.
        opposite: Postings that undo it.
        lines: What owners are shown of it.
    """

    reverses: str
    group: str
    opposite: Sequence[Leg]
    lines: Sequence[Line] = ()
    id: str = field(default_factory=lambda: ids.new_id("je"))

    @property
    def rule(self) -> Rule:
        """Return the rule of corrections."""
        return CORRECTION

    @property
    def source(self) -> str:
        """Return what causes it: the wrong entry."""
        return self.reverses

    @property
    def currency(self) -> str:
        """Return the currency of lines that do not say theirs."""
        return self.opposite[0][2]

    def legs(self) -> Sequence[Leg]:
        """Return each posting."""
        return self.opposite

    def fingerprint(self) -> bytes:
        """Digest what it is about. Its buckets may differ when it comes again."""
        return _digest((self.reverses,))

    def check(self) -> None:
        """Check nothing: the database balances each entry."""


def _digest(parts: tuple[object, ...]) -> bytes:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()


def _total(parts: Sequence[Part]) -> int:
    return sum(part.amount for part in parts)
