"""What a bank says happened on an account, in SWIFT's older form: MT940, and MT942 in between."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from core.money import Money
from processors.sepa.formats import camt_details, reading
from processors.sepa.formats.camt import Entry, EntryStatus, Statement
from processors.sepa.formats.camt_balances import Balance
from processors.sepa.formats.camt_details import Detail
from processors.sepa.formats.mt94x import fields as mt940_fields
from processors.sepa.formats.mt94x import words as mt940_words
from processors.sepa.formats.mt94x.fields import Field, Moved
from processors.sepa.formats.reading import BadFile

STATEMENT: Final = "mt940"
REPORT: Final = "mt942"
# What stands before the first message of a file is at most so long.
_BEGINNING: Final = 8_192
# What a line is called that nobody understands, and of which the balances do not tell the amount.
_UNREADABLE: Final = "unreadable"


def is_mt94x(source: BinaryIO) -> bool:
    """Return whether a file is of this form, and leave it at its beginning."""
    beginning = source.read(_BEGINNING)
    source.seek(0)
    return not beginning.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b":20:" in beginning


def read(
    source: BinaryIO, *, most_bytes: int = reading.MOST_BYTES
) -> Iterator[tuple[Statement, Iterator[Entry]]]:
    """Yield each statement of a file with its entries.

    The closing balance stands behind the entries: the file is read twice, once for the heads and
    totals, then for the entries, which are never in memory as a whole. Take them before the next
    statement is asked for.

    Args:
        source: Opened for reading bytes, at its beginning; it can be read again from there.
        most_bytes: How long the file may be.

    Raises:
        BadFile: If the file is too long, a statement does not say of which account it is or what
            stood there, or its opening balance and lines do not give the closing balance.
    """
    heads = [
        _head(sender, fields)
        for sender, fields in mt940_fields.messages(source, most_bytes=most_bytes)
    ]
    if not heads:
        raise BadFile("The file has no statement: none of its lines begins with :20:.")
    source.seek(0)
    messages = mt940_fields.messages(source, most_bytes=most_bytes)
    for head, (_, fields) in zip(heads, messages, strict=True):
        entries = _entries(head, fields)
        yield head.statement(), entries
        for _ in entries:  # what nobody looked at is passed over
            pass


@dataclass(slots=True)
class _Head:
    """What a message says besides its lines, and what they come to."""

    texts: dict[str, str] = field(default_factory=dict)
    account: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    is_interim: bool = False
    currency: str = ""
    booked: int = 0
    unreadable: int = 0

    @property
    def name(self) -> str:
        """What the bank calls it: many banks give either reference or number always alike."""
        number = self.texts.get("28", "").partition("/")[0].strip()
        return " ".join(one for one in (self.texts.get("20", ""), number) if one) or "?"

    @property
    def missing(self) -> int | None:
        """What its lines leave unexplained; None if it does not tell balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing.amount - self.opening.amount - self.booked

    def statement(self) -> Statement:
        """Return what it says of itself."""
        page = camt_details.parse_count(self.texts.get("28", "").partition("/")[2].strip()) or 1
        return Statement(
            message=STATEMENT if self.opening else REPORT,
            id=self.name + (f"/{page}" if page > 1 else ""),
            account=self.account,
            electronic_number=None,
            legal_number=None,
            opening=self.opening,
            closing=self.closing,
            is_interim=self.is_interim,
        )

    def check(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            BadFile: If it does.
        """
        if not self.account:
            raise BadFile(f"Statement {self.name} does not say of which account (:25:).")
        if (self.opening is None) is not (self.closing is None):
            raise BadFile(f"Statement {self.name} has only one of two balances (:60: and :62:).")
        if not self.currency:
            raise BadFile(f"Statement {self.name} does not say its currency (:60F: or :34F:).")
        opening, closing = self.opening, self.closing
        if opening is None or closing is None:
            return
        if opening.currency != closing.currency:
            raise BadFile(
                f"Account {self.account} is in {opening.currency}, a balance in {closing.currency}."
            )
        # One line that nobody understands moved what the balances say.
        if self.missing and self.unreadable != 1:
            start, booked, end = (
                Money(amount, closing.currency)
                for amount in (opening.amount, self.booked, closing.amount)
            )
            raise BadFile(
                f"Statement {self.name} does not add up: opening balance {start} and booked "
                f"entries {booked} give {start + booked}, and not the closing balance {end}."
            )


def _head(sender: str, fields: Iterator[Field]) -> _Head:
    head = _Head()
    for one in fields:
        text = one.lines[0].strip()
        if one.tag in ("20", "28", "28C"):
            head.texts[one.tag[:2]] = text
        elif one.tag in ("25", "25P"):
            head.account = _account(text, sender)
        elif one.tag == "34F":
            head.currency = head.currency or text[:3].lower()
        elif one.tag.startswith("60"):
            head.opening = mt940_fields.balance(one)
            head.currency = head.opening.currency
        elif one.tag.startswith("62"):
            head.closing = mt940_fields.balance(one)
            head.is_interim = one.tag == "62M"
        elif one.tag == "61":
            _count(head, one)
    head.check()
    return head


def _count(head: _Head, line: Field) -> None:
    moved = mt940_fields.read_movement(line)
    if not head.currency:
        raise BadFile(f"Statement {head.name} does not say its currency (:60F: or :34F:).")
    if moved is None:
        head.unreadable += 1
    elif not moved.is_expected:
        units = mt940_fields.amount(moved.amount, head.currency)
        head.booked += units if moved.is_credit else -units


def _entries(head: _Head, fields: Iterator[Field]) -> Iterator[Entry]:
    """Yield the lines of a message, each with the words that follow it."""
    line: Field | None = None
    words: list[str] = []
    position = 0
    for one in fields:
        if one.tag == "86" and line is not None:
            words += one.lines
            continue
        if one.tag == "NS":
            continue
        if line is not None:
            position += 1
            yield _entry(head, position, line, tuple(words))
        # Words behind a balance are about the whole statement.
        line, words = (one if one.tag == "61" else None), []
    if line is not None:
        yield _entry(head, position + 1, line, tuple(words))


def _entry(head: _Head, position: int, line: Field, lines: tuple[str, ...]) -> Entry:
    moved = mt940_fields.read_movement(line)
    if moved is None:
        return _unreadable(head, position, line, lines)
    units = mt940_fields.amount(moved.amount, head.currency)
    words = mt940_words.read(lines)
    is_return = moved.is_reversal or words.is_return or moved.kind in camt_details.RETURN_WORDS
    has_words = bool(lines) or moved.customer_reference not in mt940_words.NO_REFERENCE
    detail = _detail(head, moved, units, words, is_return=is_return)
    return Entry(
        position=position,
        amount=units,
        currency=head.currency,
        is_credit=moved.is_credit,
        status=EntryStatus.EXPECTED if moved.is_expected else EntryStatus.BOOKED,
        bank_status="",
        is_reversal=moved.is_reversal,
        is_return=is_return,
        booked_on=moved.booked_on,
        value_on=moved.value_on,
        reference=_reference(moved),
        kind=moved.kind or None,
        text=" ".join(f"{moved.text} {' '.join(lines)}".split()) or None,
        batches=(),
        details=(detail,) if has_words else (),
        rest=0,
        named=(),
    )


def _detail(
    head: _Head, moved: Moved, units: int, words: mt940_words.Words, *, is_return: bool
) -> Detail:
    customer = moved.customer_reference
    customer = "" if customer in mt940_words.NO_REFERENCE else customer
    return Detail(
        position=1,
        amount=units,
        currency=head.currency,
        is_credit=moved.is_credit,
        end_to_end_id=words.end_to_end_id,
        file_id=None,
        batch_id=words.batch_id,
        reference=moved.reference or None,
        sent_amount=None,
        sent_currency=None,
        charges=0,
        is_return=is_return,
        return_code=words.return_code,
        return_words=words.text if is_return else "",
        counterparty=words.name,
        counterparty_iban=words.iban if words.iban != head.account else None,
        text=words.text,
        info=f"{words.info} {customer}".strip(),
    )


def _unreadable(head: _Head, position: int, line: Field, lines: tuple[str, ...]) -> Entry:
    """Leave an unreadable line to an operator, with the amount that the balances lack."""
    missing = head.missing or 0
    return Entry(
        position=position,
        amount=abs(missing),
        currency=head.currency,
        is_credit=missing > 0,
        status=EntryStatus.UNKNOWN,
        bank_status=_UNREADABLE,
        is_reversal=False,
        is_return=False,
        booked_on=None,
        value_on=mt940_fields.day(line.lines[0].strip()[:6]),
        reference=None,
        kind=None,
        text=" ".join(" ".join([*line.lines, *lines]).split()) or None,
        batches=(),
        details=(),
        rest=0,
        named=(),
    )


def _reference(moved: Moved) -> str | None:
    """Return the bank's own reference with the day: many banks use the same one again."""
    if moved.reference.upper() in mt940_words.NO_REFERENCE:
        return None
    on = moved.booked_on or moved.value_on
    return f"{moved.reference} {on:%y%m%d}" if on else None


def _account(text: str, sender: str) -> str:
    """Return the account's IBAN, or its number if none can be told from it.

    Args:
        text: The account, with a currency behind it or a bank in front of it, as banks have it.
        sender: What Dutch account numbers of this bank begin with; empty if not told.
    """
    # The package reads its list of banks when it is first used.
    from schwifty import IBAN

    plain = "".join(text.split()).strip("/")
    bare = re.sub(r"(?<=\d)[A-Z]{3}$", "", plain)
    number = bare.rpartition("/")[2]
    for one in (plain, bare, number, f"PL{number}" if len(number) == 26 else ""):
        if one and IBAN(one, allow_invalid=True).is_valid:
            return one
    try:
        if german := re.fullmatch(r"(\d{8})/(\d{1,10})", bare):
            return str(IBAN.generate("DE", german[1], german[2]))
        if sender and re.fullmatch(r"\d{1,10}", number):
            return str(IBAN.generate("NL", sender, number))
    except ValueError:
        pass
    return number
