"""Statements and trial balances, of the past and of now. See `history` for what a moment is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from ledger.chart import CHART, Side
from ledger.reporting import history
from ledger.reporting.history import AccountBalance, PostingLine


class DoesNotAddUp(AssertionError):
    """Opening balance and lines do not give the closing balance: the books need a `verify`."""


class NoLedgerAccount(LookupError):
    """The owner never had anything in this currency and mode."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A posting and the balance that it leaves, in the statement's direction."""

    posting: PostingLine
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything that changed a balance in a span of time.

    Args:
        owner: Whose ledger accounts they are.
        currency: The currency of all amounts.
        livemode: Which of the two worlds.
        code: The only bucket that is meant; None for all that the owner has.
        start: The first moment.
        end: The first moment after it.
        side: Where the balance grows: debit for what is owed to us, such as a processor's,
            and credit for what we owe.
        opening: The balance at the start, in minor units.
        closing: The balance at the end, in minor units.
        is_final: True if no entry of the span can be missing, for its days are closed.
        lines: The postings in their order, each read when it is asked for, and once.
    """

    owner: str
    currency: str
    livemode: bool
    code: str | None
    start: datetime
    end: datetime
    side: Side
    opening: int
    closing: int
    is_final: bool
    lines: Iterator[StatementLine]


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every ledger account that was not at zero.

    Args:
        at: The moment.
        is_final: True if no entry before it can be missing.
        accounts: The accounts, in the order of mode, currency, code and owner.
    """

    at: datetime
    is_final: bool
    accounts: Sequence[AccountBalance]

    def totals(self) -> dict[tuple[bool, str], tuple[int, int]]:
        """Return (livemode, currency) → total of the debit and of the credit balances."""
        found: dict[tuple[bool, str], tuple[int, int]] = {}
        for row in self.accounts:
            debits, credits = found.get((row.livemode, row.currency), (0, 0))
            found[row.livemode, row.currency] = (debits + row.debit, credits + row.credit)
        return found

    @property
    def is_balanced(self) -> bool:
        """Return whether debits are credits in every currency and mode."""
        return all(debits == credits for debits, credits in self.totals().values())


def balance_at(*, owner: str, livemode: bool, at: datetime) -> dict[tuple[str, str], int]:
    """Return what an owner had at a moment.

    Args:
        owner: An account `acct_...`, a processor or another owner.
        livemode: Which of the two worlds.
        at: The moment, past or present. What was posted at it does not count yet.

    Returns:
        (code, currency) → minor units in the code's natural direction.
    """
    return {
        (row.code, row.currency): _turn(row.signed, CHART[row.code].side)
        for row in history.balances_at(owners=[owner], livemode=livemode, at=at)
    }


def trial_balance(*, at: datetime, livemode: bool | None = None) -> TrialBalance:
    """List what every ledger account held at a moment.

    Args:
        at: The moment, past or present. What was posted at it does not count yet.
        livemode: One of the two worlds; None for both.
    """
    with history.reading():
        rows = history.every_balance_at(livemode=livemode, at=at)
        return TrialBalance(at, history.is_final(at), [row for row in rows if row.signed])


@contextmanager
def statement(
    *,
    owner: str,
    currency: str,
    livemode: bool,
    start: datetime,
    end: datetime,
    code: str | None = None,
) -> Iterator[Statement]:
    """Open a statement of an owner's balance in one currency.

    Everything in it is read at one moment. Lines come through a cursor of the server
    while they are used, so that a statement may be longer than the memory.

    Args:
        owner: An account `acct_...`, a processor or another owner.
        currency: Lower-case ISO 4217 code.
        livemode: Which of the two worlds.
        start: The first moment of the span.
        end: The first moment after it.
        code: Only this bucket; None for all that the owner has.

    Yields:
        The statement, whose lines can be read until the block ends.

    Raises:
        ValueError: If the span ends before it starts.
        NoLedgerAccount: If the owner never had anything in this currency and mode.
        DoesNotAddUp: At the last line, if the lines do not lead from the opening to
            the closing balance.
    """
    if end < start:
        raise ValueError("A statement ends after it starts.")
    with history.reading():
        mine = [
            _of(owner=owner, currency=currency, livemode=livemode, code=code, at=moment)
            for moment in (start, end)
        ]
        if not mine[1]:
            bucket = f" {code}" if code else ""
            raise NoLedgerAccount(f"{owner} has no{bucket} ledger account in {currency}.")
        side = _side(mine[1])
        opening, closing = (_turn(sum(row.signed for row in rows), side) for rows in mine)
        with history.postings(
            start=start, end=end, livemode=livemode, accounts=[row.account_id for row in mine[1]]
        ) as found:
            yield Statement(
                owner,
                currency,
                livemode,
                code,
                start,
                end,
                side,
                opening,
                closing,
                history.is_final(end),
                _running(found, side, opening, closing),
            )


def _of(
    *, owner: str, currency: str, livemode: bool, code: str | None, at: datetime
) -> list[AccountBalance]:
    return [
        row
        for row in history.balances_at(owners=[owner], livemode=livemode, at=at)
        if row.currency == currency and code in (None, row.code)
    ]


def _side(accounts: Sequence[AccountBalance]) -> Side:
    # Who owes us and is owed by us is shown what we owe.
    owes_us = all(CHART[row.code].side is Side.DEBIT for row in accounts)
    return Side.DEBIT if owes_us else Side.CREDIT


def _running(
    found: Iterator[PostingLine], side: Side, opening: int, closing: int
) -> Iterator[StatementLine]:
    balance = opening
    for posting in found:
        balance += _turn(posting.signed, side)
        yield StatementLine(posting, balance)
    if balance != closing:
        raise DoesNotAddUp(f"The lines lead to {balance}, and the closing balance is {closing}.")


def _turn(signed: int, side: Side) -> int:
    return signed if side is Side.DEBIT else -signed
