"""The lines of an MT940 or MT942: messages, their fields, balances, and what moved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import BinaryIO, Final

from core import currencies, money
from processors.sepa.formats.camt_balances import Balance
from processors.sepa.formats.reading import MOST_BYTES_OF_A_RECORD, BadFile

# Source: SWIFT standards MT, category 9, fields of MT940 and MT942. Other lines that begin with a
# colon are words of the field that they stand in.
_TAG: Final = re.compile(
    r":(13D?|20|21|25P?|28C?|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS|940|942):"
)
_MOST_OF_A_LINE: Final = 8_192
# In front of a message stands whose it is; of Dutch banks it completes their account numbers.
_SENDER: Final = re.compile(r"([A-Z]{4})(?=NL[A-Z0-9]{2})")
_BALANCE: Final = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d.]*,?\d*)")
# Value date, day of booking, direction, the currency's third letter, amount, type, the customer's
# reference, the bank's own, and then words.
_MOVED: Final = re.compile(
    r"(\d{6})(\d{4}| {4})?(R[CD]|E[CD]|[CD])([A-Z])? ?(\d{1,15}(?:,\d*)?)"
    r"(?:([NFS][A-Z0-9]{3})((?:(?!//).)*)(?://(.*))?)?"
)
_UNKNOWN_DAY: Final = "000000"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Args:
        tag: The tag, such as `"61"`.
        lines: What stands in it, without the tag.
    """

    tag: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a line of a statement (`:61:`) says.

    Args:
        amount: As it is written.
        is_credit: True if money came in.
        is_reversal: True if it takes an earlier line back.
        is_expected: True if it is announced, and not booked.
        booked_on: The day of booking; None if not told.
        value_on: The value date; None if it is no date.
        kind: SWIFT's type of transaction, such as `"NTRF"`; empty if not told.
        customer_reference: Empty if not told.
        reference: The bank's own; empty if not told.
        text: What stands below; empty if nothing.
    """

    amount: str
    is_credit: bool
    is_reversal: bool
    is_expected: bool
    booked_on: date | None
    value_on: date | None
    kind: str
    customer_reference: str
    reference: str
    text: str


def messages(source: BinaryIO, *, most_bytes: int) -> Iterator[tuple[str, Iterator[Field]]]:
    """Yield each message: the Dutch bank that stands before it, and its fields as they are read.

    Raises:
        BadFile: If the file, a line or a field is too long.
    """
    lines = _Lines(source, most_bytes)
    while lines.skip_to_message():
        yield lines.sender, lines.fields()


def balance(field: Field) -> Balance:
    """Read a balance (`:60F:`, `:62F:` and their kind).

    Raises:
        BadFile: If it is none.
    """
    text = field.lines[0].strip()
    found = _BALANCE.fullmatch(text)
    if found is None:
        raise BadFile(f"The balance :{field.tag}: is {text[:40]!r}, which is none.")
    currency = found[3].lower()
    units = amount(found[4], currency)
    return Balance(units if found[1] == "C" else -units, currency, day(found[2]))


def amount(text: str, currency: str) -> int:
    """Return an amount in minor units.

    Raises:
        BadFile: If it is none, or nobody knows its currency.
    """
    if currency not in currencies.CODES:
        raise BadFile(f"The currency {currency[:10]!r} is one that nobody here knows.")
    plain = text.replace(".", "").replace(",", ".")
    if not plain.strip("."):
        raise BadFile(f"The amount {text[:40]!r} is none.")
    try:
        return money.from_decimal(Decimal(plain), currency).amount
    except money.InexactAmount as problem:
        raise BadFile(str(problem)) from problem


def read_movement(field: Field) -> Moved | None:
    """Read a line of a statement (`:61:`); None if it is not understood."""
    found = _MOVED.fullmatch(field.lines[0].strip())
    if found is None:
        return None
    value_on, mark = day(found[1]), found[3]
    is_reversal = mark[0] == "R"
    return Moved(
        amount=found[5],
        # What takes a credit back goes out.
        is_credit=(mark[-1] == "C") is not is_reversal,
        is_reversal=is_reversal,
        is_expected=mark[0] == "E",
        booked_on=_booked_on(found[2] or "", value_on),
        value_on=value_on,
        kind=found[6] or "",
        customer_reference=(found[7] or "").strip(),
        reference=(found[8] or "").strip(),
        text=" ".join(line.strip() for line in field.lines[1:]).strip(),
    )


def day(text: str) -> date | None:
    """Return a date of six digits, year first; None if it is none."""
    if text == _UNKNOWN_DAY:
        return None
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def _booked_on(text: str, value_on: date | None) -> date | None:
    """Return the day of booking, told without its year: the one that is nearest to the value's."""
    if not text.strip() or value_on is None:
        return None
    near: list[date] = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            near.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    return min(near, key=lambda one: abs(one - value_on)) if near else None


class _Lines:
    """A file while it is read, line by line."""

    def __init__(self, source: BinaryIO, most_bytes: int) -> None:
        self._source, self._left, self._most = source, most_bytes, most_bytes
        self._line: str | None = ""
        self.sender = ""

    def skip_to_message(self) -> bool:
        """Go on to the next `:20:`, and say whether there is one."""
        self.sender = ""
        while self._line is not None and not self._line.startswith(":20:"):
            if found := _SENDER.search(self._line):
                self.sender = self.sender or found[1]
            self._next()
        return self._line is not None

    def fields(self) -> Iterator[Field]:
        """Yield the fields of the message that begins here, until it ends or the next begins."""
        is_first = True
        while (line := self._line) is not None and not _ends(line):
            begins = _TAG.match(line)
            if begins is None or (begins[1] == "20" and not is_first):
                return
            is_first = False
            yield self._field(begins[1], line[begins.end() :])

    def _field(self, tag: str, first: str) -> Field:
        lines, length = [first], len(first)
        self._next()
        while (line := self._line) is not None and not _ends(line) and not _TAG.match(line):
            length += len(line)
            if length > MOST_BYTES_OF_A_RECORD:
                raise BadFile(f"One field is longer than {MOST_BYTES_OF_A_RECORD} bytes.")
            lines.append(line)
            self._next()
        return Field(tag, tuple(lines))

    def _next(self) -> None:
        raw = self._source.readline(_MOST_OF_A_LINE + 1)
        self._left -= len(raw)
        if self._left < 0:
            raise BadFile(f"The file is longer than {self._most} bytes.")
        if len(raw) > _MOST_OF_A_LINE:
            raise BadFile(f"One line is longer than {_MOST_OF_A_LINE} bytes.")
        self._line = _decode(raw).rstrip("\r\n") if raw else None


def _ends(line: str) -> bool:
    return line.startswith("-}") or line.strip() == "-"


def _decode(raw: bytes) -> str:
    """Return a line's text: in UTF-8, or else as banks of Western Europe wrote before."""
    try:
        text = raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    # Some files begin a message in the line of its header.
    return text.rpartition("{4:")[2] if text.startswith("{") and ":20:" in text else text
