"""What a bank says happened on an account: camt.053 statements, camt.054 notifications."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element

from processors.bank import camt_amounts, reading
from processors.bank import camt_details as parts
from processors.bank.camt_amounts import Settled, Told
from processors.bank.camt_details import Detail
from processors.bank.reading import BadFile, Records

STATEMENTS: Final = ("camt.053.001.02", "camt.053.001.08")
NOTIFICATIONS: Final = ("camt.054.001.02", "camt.054.001.08")
_PAGES: Final = ("BkToCstmrStmt/Stmt", "BkToCstmrDbtCdtNtfctn/Ntfctn")
_HEADER: Final = ("Id", "ElctrncSeqNb", "LglSeqNb", "Acct", "Bal")
_DETAIL: Final = "Ntry/NtryDtls/TxDtls"
_BATCH: Final = "Ntry/NtryDtls/Btch"
_WANTED: Final = frozenset(
    f"{page}/{piece}" for page in _PAGES for piece in (*_HEADER, _DETAIL, _BATCH, "Ntry")
)


class EntryStatus(StrEnum):
    """How far an entry has come. Only a booked one is in the balances."""

    BOOKED = "BOOK"
    PENDING = "PDNG"
    EXPECTED = "FUTR"
    INFORMATION = "INFO"


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood on the account, booked.

    Args:
        amount: Minor units; negative if the account was overdrawn.
        currency: Lower-case ISO code.
        on: At the end of which day (of an opening balance: at its beginning); None if not told.
    """

    amount: int
    currency: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Statement:
    """The head of one statement or notification.

    Args:
        message: Which message it came in, such as `"camt.053.001.08"`.
        id: The bank's name of it.
        account: The account's IBAN, or its number where it has none.
        electronic_number: Of the bank's electronic statements of this account; None if not told.
        legal_number: Of the statements that count; None if not told.
        opening: None in a notification.
        closing: None in a notification.
    """

    message: str
    id: str
    account: str
    electronic_number: int | None
    legal_number: int | None
    opening: Balance | None
    closing: Balance | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Payments that the bank booked as one entry, by what their file called them.

    Args:
        file_id: The `MsgId` of the file of payments; None if not told.
        batch_id: The `PmtInfId`; None if not told.
        count: How many payments; None if not told.
    """

    file_id: str | None
    batch_id: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement on the account.

    Args:
        position: From 1, in the order of the statement.
        amount: Minor units, never negative.
        currency: Lower-case ISO code.
        is_credit: True if money came in.
        status: How far it has come.
        is_reversal: True if it takes an earlier entry back; `is_credit` is its own direction.
        is_return: True if it says that it brings an earlier payment back.
        booked_on: None if not told.
        value_on: From when it counts for interest; None if not told.
        reference: The bank's own (`AcctSvcrRef`); None if not told.
        kind: ISO's code of what it is, such as `"PMNT-ICDT-ESCT"`; None if not told.
        text: What the bank adds in words; None if nothing.
        batches: What the bank says of payments that it booked together.
        details: The payments in it; none if the bank does not tell them, or not what each moved.
        rest: What it moved besides its payments, such as charges: minor units, negative if it
            went out.
        named: What payments are called of which the bank does not tell what each moved.
    """

    position: int
    amount: int
    currency: str
    is_credit: bool
    status: EntryStatus
    is_reversal: bool
    is_return: bool
    booked_on: date | None
    value_on: date | None
    reference: str | None
    kind: str | None
    text: str | None
    batches: tuple[Batch, ...]
    details: tuple[Detail, ...]
    rest: int
    named: tuple[str, ...]

    @property
    def signed(self) -> int:
        """The amount in minor units, negative if money went out."""
        return self.amount if self.is_credit else -self.amount


def read(
    source: BinaryIO, *, most_bytes: int = reading.MOST_BYTES
) -> Iterator[tuple[Statement, Iterator[Entry]]]:
    """Yield each statement of a file with its entries.

    Neither the file nor a statement is ever in memory as a whole: entries come as they are read,
    and have to be taken before the next statement is asked for; those that were not are checked
    and then gone, and to ask for them is an error. Totals are checked at a statement's end, after
    its last entry: book in one transaction, or run `check` first.

    Args:
        source: Opened for reading bytes, at its beginning.
        most_bytes: How long the file may be.

    Raises:
        BadFile: If the file is no such message, is broken off or hostile, or contradicts itself:
            opening balance and booked entries do not give the closing balance.
        RuntimeError: If the entries of a statement are taken after the next one was asked for.
    """
    yield from _File(source, most_bytes).statements()


def check(source: BinaryIO, *, most_bytes: int = reading.MOST_BYTES) -> list[Statement]:
    """Read a whole file and keep only the heads of its statements.

    Raises:
        BadFile: As `read` does.
    """
    return [statement for statement, _ in read(source, most_bytes=most_bytes)]


@dataclass(slots=True)
class _Page:
    """What was read of a statement so far."""

    texts: dict[str, str] = field(default_factory=dict)
    account: str = ""
    balances: dict[str, Balance] = field(default_factory=dict)
    entries: int = 0
    booked: int = 0
    passed_over: int = 0
    currency: str | None = None

    def take(self, name: str, element: Element) -> None:
        """Keep a part of the head."""
        if name == "Bal":
            self._take_balance(element)
        elif name == "Acct":
            said = reading.text(element, "Id/IBAN") or reading.text(element, "Id/Othr/Id")
            if said is None:
                raise BadFile("A statement does not say of which account.")
            self.account = said
            self.currency = (reading.text(element, "Ccy") or "").lower() or None
        else:
            self.texts[name] = reading.text(element) or ""

    def _take_balance(self, element: Element) -> None:
        kind = reading.word(element, "Tp/CdOrPrtry") or "?"
        if kind in ("OPBD", "PRCD", "CLBD"):
            what = f"The balance {kind}"
            amount, currency = reading.amount(element, "Amt", what)
            signed = amount if parts.is_credit(element, what) else -amount
            balance = Balance(signed, currency, reading.day(element, "Dt", what))
            if self.balances.setdefault(kind, balance) != balance:
                raise BadFile(f"A statement has two different balances {kind}.")

    def head(self, message: str) -> Statement:
        """Return what a statement says of itself, once its head has ended."""
        if not self.texts.get("Id") or not self.account:
            raise BadFile("A statement has no Id, or does not say of which account.")
        opening = self.balances.get("OPBD", self.balances.get("PRCD"))
        closing = self.balances.get("CLBD")
        if message in STATEMENTS and (opening is None or closing is None):
            raise BadFile(
                f"Statement {self.texts['Id']} has no opening or no closing booked balance "
                "(OPBD or PRCD, and CLBD): pages with interim balances are not read."
            )
        for balance in (opening, closing):
            self.same_currency(balance.currency if balance else None, "a balance")
        return Statement(
            message=message,
            id=self.texts["Id"],
            account=self.account,
            electronic_number=parts.whole(self.texts.get("ElctrncSeqNb"), "ElctrncSeqNb"),
            legal_number=parts.whole(self.texts.get("LglSeqNb"), "LglSeqNb"),
            opening=opening if message in STATEMENTS else None,
            closing=closing if message in STATEMENTS else None,
        )

    def same_currency(self, currency: str | None, what: str) -> None:
        """Refuse a second currency: an account has one."""
        self.currency = self.currency or currency
        if currency is not None and currency != self.currency:
            raise BadFile(f"Account {self.account} is in {self.currency}, {what} in {currency}.")

    def settle(self, statement: Statement) -> None:
        """Check the totals, once the last entry was read."""
        opening, closing = statement.opening, statement.closing
        if opening is None or closing is None:
            return
        if opening.amount + self.booked != closing.amount:
            raise BadFile(
                f"Statement {statement.id} does not add up: opening balance {opening.amount} and "
                f"booked entries {self.booked} give {opening.amount + self.booked}, and not the "
                f"closing balance {closing.amount} (minor units of {closing.currency})."
            )


class _File:
    """One file while it is read."""

    def __init__(self, source: BinaryIO, most_bytes: int) -> None:
        self._records = Records(source, messages=STATEMENTS + NOTIFICATIONS, most_bytes=most_bytes)
        self._ends = self._records.ends_of(_WANTED, marks=_PAGES)
        self._page = _Page()
        self._batches: list[Batch] = []
        self._details: list[Told] = []

    def statements(self) -> Iterator[tuple[Statement, Iterator[Entry]]]:
        """Yield each statement with its entries."""
        is_empty = True
        for path, element in self._ends:
            name = self._name(path)
            if name in _HEADER:
                self._page.take(name, element)
                continue
            is_empty = False
            statement = self._page.head(self._records.message)
            entries = self._entries(statement, name, element)
            yield statement, _in_time(entries, statement, self._page)
            for _ in entries:  # what nobody looked at is checked too
                self._page.passed_over += 1
            self._page = _Page()
        if is_empty:
            raise BadFile(f"The {self._records.message} has no statement.")

    def _entries(self, statement: Statement, name: str, element: Element) -> Iterator[Entry]:
        while name:
            if name == _DETAIL:
                self._details.append(self._detail(element, statement.account))
            elif name == _BATCH:
                self._batches.append(_batch(element))
            elif name == "Ntry":
                yield self._entry(element)
            else:
                raise BadFile(f"{name} of statement {statement.id} stands after its entries.")
            path, element = next(self._ends)
            name = self._name(path)
        self._page.settle(statement)

    def _detail(self, element: Element, account: str) -> Told:
        # What the entry moved stands before its payments: that much of it was read.
        around = parts.moved(self._records.around(2), f"Entry {self._page.entries + 1}")
        one = parts.detail(element, len(self._details) + 1, account, around)
        return camt_amounts.told(element, one)

    def _entry(self, element: Element) -> Entry:
        self._page.entries += 1
        what = f"Entry {self._page.entries}"
        entry = _entry(element, self._page.entries, what, self._batches, self._details)
        self._page.same_currency(entry.currency, what)
        if entry.status is EntryStatus.BOOKED:
            self._page.booked += entry.signed
        self._batches, self._details = [], []
        return entry

    def _name(self, path: str) -> str:
        """Return a path without the page it is on; empty at the page's end."""
        page, wanted = path.split("/")[:2], self._records.message in STATEMENTS
        if "/".join(page) != _PAGES[0 if wanted else 1]:
            raise BadFile(f"{'/'.join(page)} does not belong into a {self._records.message}.")
        return path.partition("/")[2].partition("/")[2]


def _in_time(entries: Iterator[Entry], statement: Statement, page: _Page) -> Iterator[Entry]:
    """Give entries out while there are any, and never pretend that there were none."""
    yield from entries
    if page.passed_over:
        raise RuntimeError(
            f"Statement {statement.id} is over: take its entries before the next statement."
        )


def _entry(
    element: Element,
    position: int,
    what: str,
    batches: Sequence[Batch],
    payments: Sequence[Told],
) -> Entry:
    moved = parts.moved(element, what)
    charges = camt_amounts.charges(element, moved.currency)
    settled = camt_amounts.settle(payments, moved, charges) if payments else Settled()
    return Entry(
        position=position,
        amount=moved.amount,
        currency=moved.currency,
        is_credit=moved.is_credit,
        status=_status(reading.word(element, "Sts"), what),
        is_reversal=parts.is_reversal(element),
        is_return=moved.is_return,
        booked_on=reading.day(element, "BookgDt", what),
        value_on=reading.day(element, "ValDt", what),
        reference=reading.text(element, "AcctSvcrRef"),
        kind=parts.kind(element),
        text=reading.text(element, "AddtlNtryInf"),
        batches=tuple(batches),
        details=settled.details,
        rest=settled.rest,
        named=settled.named,
    )


def _status(said: str | None, what: str) -> EntryStatus:
    if said not in list(EntryStatus):
        raise BadFile(f"{what} has the status {said!r}; known are {', '.join(EntryStatus)}.")
    return EntryStatus(said)


def _batch(element: Element) -> Batch:
    return Batch(
        reading.text(element, "MsgId"),
        reading.text(element, "PmtInfId"),
        parts.count(element, "NbOfTxs", "A batch"),
    )
