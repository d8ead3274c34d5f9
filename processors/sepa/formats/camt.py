"""What a bank says happened on an account: statements, notifications, and reports of a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element

from core.money import Money
from processors.sepa.formats import camt_amounts, reading
from processors.sepa.formats import camt_details as parts
from processors.sepa.formats.camt_amounts import AmountDetail, Settled
from processors.sepa.formats.camt_balances import Balance, Balances
from processors.sepa.formats.camt_details import Detail
from processors.sepa.formats.reading import BadFile, Records

# Source: ISO 20022, messages archive: what is read here stands in all of these versions.
_VERSIONS: Final = tuple(f"{number:02}" for number in range(2, 14))
STATEMENTS: Final = tuple(f"camt.053.001.{version}" for version in _VERSIONS)
NOTIFICATIONS: Final = tuple(f"camt.054.001.{version}" for version in _VERSIONS)
REPORTS: Final = tuple(f"camt.052.001.{version}" for version in _VERSIONS)
# Of each kind of message: where its pages stand.
_PAGES: Final = {
    "camt.052": "BkToCstmrAcctRpt/Rpt",
    "camt.053": "BkToCstmrStmt/Stmt",
    "camt.054": "BkToCstmrDbtCdtNtfctn/Ntfctn",
}
_HEADER: Final = ("Id", "StmtPgntn", "ElctrncSeqNb", "LglSeqNb", "Acct", "Bal")
_DETAIL: Final = "Ntry/NtryDtls/TxDtls"
_BATCH: Final = "Ntry/NtryDtls/Btch"
_WANTED: Final = frozenset(
    f"{page}/{piece}" for page in _PAGES.values() for piece in (*_HEADER, _DETAIL, _BATCH, "Ntry")
)


class EntryStatus(StrEnum):
    """The status of an entry. Only booked ones are in the balances."""

    BOOKED = "BOOK"
    PENDING = "PDNG"
    EXPECTED = "FUTR"
    INFORMATION = "INFO"
    # The bank's own word, or none: whether it is booked only the balances say.
    UNKNOWN = "?"


_STATUSES: Final = frozenset(EntryStatus) - {EntryStatus.UNKNOWN}
# How many such words are told apart; their sums are tried one by one.
_MOST_UNKNOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Statement:
    """The head of one statement, notification or report of a day.

    Args:
        message: Which message it came in, such as `"camt.053.001.08"`.
        id: The bank's name of it, and of a page after the first one its number: `"218/2"`.
        account: The account's IBAN, or its number where it has none.
        electronic_number: Of the bank's electronic statements of this account; None if not told.
        legal_number: The legal number of the statements that count; None if not told.
        opening: The opening balance; None of what is no statement.
        closing: The closing balance; None of what is no statement.
        is_interim: True if the day goes on after it.
    """

    message: str
    id: str
    account: str
    electronic_number: int | None
    legal_number: int | None
    opening: Balance | None
    closing: Balance | None
    is_interim: bool = False


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
        bank_status: The bank's word for that; empty if there is none.
        is_reversal: True if it takes an earlier entry back; `is_credit` is its own direction.
        is_return: True if it says that it brings an earlier payment back.
        booked_on: The day of booking; None if not told.
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
    bank_status: str
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
    balances: Balances = field(default_factory=Balances)
    entries: int = 0
    booked: int = 0
    # Word of a status that is not known → what its entries come to.
    unknown: dict[str, int] = field(default_factory=dict)
    passed_over: int = 0
    currency: str | None = None

    def take(self, name: str, element: Element) -> None:
        """Keep a part of the head."""
        if name == "Bal":
            self.balances.take(element)
        elif name == "StmtPgntn":
            self.texts[name] = reading.text(element, "PgNb") or ""
        elif name == "Acct":
            number = reading.text(element, "Id/IBAN") or reading.text(element, "Id/Othr/Id")
            if number is None:
                raise BadFile("A statement does not say of which account.")
            self.account = number
            self.currency = (reading.text(element, "Ccy") or "").lower() or None
        else:
            self.texts[name] = reading.text(element) or ""

    def head(self, message: str) -> Statement:
        """Return what a statement says of itself, once its head has ended."""
        if not self.texts.get("Id") or not self.account:
            raise BadFile("A statement has no Id, or does not say of which account.")
        opening, closing = self.balances.opening, self.balances.closing
        is_statement = message in STATEMENTS
        if is_statement and (opening is None or closing is None):
            raise BadFile(
                f"Statement {self.texts['Id']} has no opening or no closing booked balance "
                "(OPBD or PRCD, and CLBD; or ITBD where it is interim)."
            )
        for balance in (opening, closing):
            self.same_currency(balance.currency if balance else None, "a balance")
        page = parts.parse_count(self.texts.get("StmtPgntn")) or 1
        return Statement(
            message=message,
            id=self.texts["Id"] + (f"/{page}" if page > 1 else ""),
            account=self.account,
            electronic_number=parts.parse_count(self.texts.get("ElctrncSeqNb")),
            legal_number=parts.parse_count(self.texts.get("LglSeqNb")),
            opening=opening if is_statement else None,
            closing=closing if is_statement else None,
            is_interim=is_statement and self.balances.is_interim,
        )

    def same_currency(self, currency: str | None, what: str) -> None:
        """Refuse a second currency: an account has one."""
        self.currency = self.currency or currency
        if currency is not None and currency != self.currency:
            raise BadFile(f"Account {self.account} is in {self.currency}, {what} in {currency}.")

    def count(self, entry: Entry) -> None:
        """Add an entry to the totals."""
        if entry.status is EntryStatus.BOOKED:
            self.booked += entry.signed
        elif entry.status is EntryStatus.UNKNOWN:
            is_new = entry.bank_status not in self.unknown
            is_full = is_new and len(self.unknown) >= _MOST_UNKNOWN
            word = "" if is_full else entry.bank_status
            self.unknown[word] = self.unknown.get(word, 0) + entry.signed

    def settle(self, statement: Statement) -> None:
        """Check the totals, once the last entry was read."""
        opening, closing = statement.opening, statement.closing
        if opening is None or closing is None:
            return
        sums = {opening.amount + self.booked}
        # Some of the statuses that are not known may mean that an entry is booked.
        for amount in self.unknown.values():
            sums |= {one + amount for one in sums}
        if closing.amount not in sums:
            start, booked, end = (
                Money(amount, closing.currency)
                for amount in (opening.amount, self.booked, closing.amount)
            )
            raise BadFile(
                f"Statement {statement.id} does not add up: opening balance {start} and booked "
                f"entries {booked} give {start + booked}, and not the closing balance {end}."
            )


class _File:
    """One file while it is read."""

    def __init__(self, source: BinaryIO, most_bytes: int) -> None:
        messages = REPORTS + STATEMENTS + NOTIFICATIONS
        self._records = Records(source, messages=messages, most_bytes=most_bytes)
        self._ends = self._records.ends_of(_WANTED, marks=_PAGES.values())
        self._page = _Page()
        self._batches: list[Batch] = []
        self._details: list[AmountDetail] = []

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

    def _detail(self, element: Element, account: str) -> AmountDetail:
        # What the entry moved stands before its payments: that much of it was read.
        around = parts.read_movement(self._records.around(2), f"Entry {self._page.entries + 1}")
        one = parts.detail(element, len(self._details) + 1, account, around)
        return camt_amounts.read_amount(element, one)

    def _entry(self, element: Element) -> Entry:
        self._page.entries += 1
        what = f"Entry {self._page.entries}"
        entry = _entry(element, self._page.entries, what, self._batches, self._details)
        self._page.same_currency(entry.currency, what)
        self._page.count(entry)
        self._batches, self._details = [], []
        return entry

    def _name(self, path: str) -> str:
        """Return a path without the page it is on; empty at the page's end."""
        page = "/".join(path.split("/")[:2])
        if page != _PAGES[self._records.message[:8]]:
            raise BadFile(f"{page} does not belong into a {self._records.message}.")
        return path.partition("/")[2].partition("/")[2]


def _in_time(entries: Iterator[Entry], statement: Statement, page: _Page) -> Iterator[Entry]:
    """Yield entries within the time limit, or fail: an early end is never taken for the end."""
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
    payments: Sequence[AmountDetail],
) -> Entry:
    moved = parts.read_movement(element, what)
    status = reading.word(element, "Sts") or ""
    charges = camt_amounts.charges(element, moved.currency)
    settled = camt_amounts.settle(payments, moved, charges) if payments else Settled()
    return Entry(
        position=position,
        amount=moved.amount,
        currency=moved.currency,
        is_credit=moved.is_credit,
        status=EntryStatus(status) if status in _STATUSES else EntryStatus.UNKNOWN,
        bank_status=status,
        is_reversal=parts.is_reversal(element),
        is_return=moved.is_return,
        booked_on=reading.day(element, "BookgDt"),
        value_on=reading.day(element, "ValDt"),
        reference=reading.text(element, "AcctSvcrRef"),
        kind=parts.kind(element),
        text=reading.text(element, "AddtlNtryInf"),
        batches=tuple(batches),
        details=settled.details,
        rest=settled.rest,
        named=settled.named,
    )


def _batch(element: Element) -> Batch:
    return Batch(
        reading.text(element, "MsgId"),
        reading.text(element, "PmtInfId"),
        parts.parse_count(reading.text(element, "NbOfTxs")),
    )
