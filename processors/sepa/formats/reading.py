"""Reading what banks send: one element after the other, never a whole file in memory."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import iterparse

from core import currencies, money
from processors.sepa.formats.iso4217 import DECIMALS

ISO: Final = "urn:iso:std:iso:20022:tech:xsd:"
# What SWIFT's network put before the name of a message, before banks wrote ISO's.
_SWIFT: Final = "urn:swift:xsd:"
# In what some banks wrap messages, and what stands in there beside them.
_WRAPPERS: Final = frozenset(
    {"Body", "BizMsgEnvlp", "BusinessMessage", "DataPDU", "Envelope", "RequestPayload", "Saa"}
)
_BESIDE: Final = frozenset({"AppHdr", "Header", "Hdr"})
# What banks write where nobody gave a reference.
NOT_PROVIDED: Final = "NOTPROVIDED"
# A day of a hundred thousand entries is about 120 MB.
MOST_BYTES: Final = 512 * 1024 * 1024
# How much may be read without one record coming to its end, and how deep elements may stand. The
# deepest that the schemas of the messages know is 14.
MOST_BYTES_OF_A_RECORD: Final = 1024 * 1024
MOST_DEPTH: Final = 40
# Source: XML Schema part 2, xs:decimal: a sign, zeros at either end and a bare point are allowed.
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})")
_MOST: Final = 10**15
# How many elements a wrapper may have before its document.
_MOST_BEFORE: Final = 100
_MESSAGE: Final = re.compile(r"[a-z]{4}\.[0-9]{3}\.[0-9]{3}\.[0-9]{2}")


class BadFile(ValueError):
    """A file that a bank sent cannot be trusted, or not be read: the message says why."""


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that has begun and not ended."""

    path: str
    is_kept: bool
    element: Element | None


class Records:
    """The elements of one message, as they end.

    Args:
        source: Opened for reading bytes, at its beginning.
        messages: The messages that are read, such as `"camt.053.001.08"`.
        most_bytes: How long the file may be.
    """

    def __init__(
        self, source: BinaryIO, *, messages: Collection[str], most_bytes: int = MOST_BYTES
    ) -> None:
        self._source = source
        self._known = messages
        self._left = most_bytes
        self._since_record = 0
        self._most = most_bytes
        self._stack = [_Open("", is_kept=False, element=None)]
        # The message that the file turned out to be; empty until its document has begun.
        self.message = ""
        self._namespace = ""

    def ends_of(
        self, paths: Collection[str], *, marks: Collection[str] = ()
    ) -> Iterator[tuple[str, Element]]:
        """Yield each element that stands at one of the paths below the root, when it ends.

        An element inside of one that is asked for may be asked for too; it comes first, and is
        gone from the outer one. Elements are emptied once the next one is asked for, so take what
        you need at once. Their tags are local names; one of a foreign namespace begins with `?`.

        Args:
            paths: Local names from the root's child on: `"BkToCstmrStmt/Stmt/Ntry"`.
            marks: The marks of elements that are too long to be kept: they are empty when they end.

        Raises:
            BadFile: If the file is no such message, is broken off, or does what no bank does.
        """
        stack = self._stack
        with _clearly():
            for event, element in iterparse(
                self, events=("start", "end"), forbid_dtd=True, forbid_entities=True
            ):
                if event == "start":
                    stack.append(self._open(element, paths))
                    continue
                ended, within = stack.pop(), stack[-1]
                element.tag = ended.path.rpartition("/")[2]
                is_asked_for = ended.path in paths
                if is_asked_for or ended.path in marks:
                    self._since_record = 0
                    yield ended.path, element
                if (is_asked_for or not within.is_kept) and within.element is not None:
                    element.clear()
                    within.element.remove(element)

    def read(self, size: int = -1) -> bytes:
        """Return the parser's next bytes, up to the limit."""
        chunk = self._source.read(size)
        self._left -= len(chunk)
        self._since_record += len(chunk)
        if self._left < 0:
            raise BadFile(f"The file is longer than {self._most} bytes.")
        if self._since_record > MOST_BYTES_OF_A_RECORD:
            raise BadFile(f"One record is longer than {MOST_BYTES_OF_A_RECORD} bytes.")
        return chunk

    def around(self, steps: int) -> Element:
        """Return what encloses the element that was yielded last, as far as it was read.

        Args:
            steps: How many elements further out; 1 is the parent.
        """
        element = self._stack[-steps].element
        assert element is not None, "Nothing encloses a document."
        return element

    def _open(self, element: Element, paths: Collection[str]) -> _Open:
        namespace, _, name = element.tag.removeprefix("{").rpartition("}")
        within = self._stack[-1]
        if within.element is None:
            if name in _WRAPPERS and not _is_message(_message_of(namespace)):
                return _Open("", is_kept=False, element=None)
            if name in _BESIDE and len(self._stack) > 1:
                return _Open(f"?{name}", is_kept=False, element=element)
            self._begin(namespace, name)
            return _Open("", is_kept=False, element=element)
        if len(self._stack) > MOST_DEPTH:
            raise BadFile(f"Elements stand more than {MOST_DEPTH} deep.")
        if namespace != self._namespace:
            # Supplementary data may be in other words; what has our name there is not ours.
            name = f"?{name}"
        path = f"{within.path}/{name}" if within.path else name
        return _Open(path, is_kept=within.is_kept or path in paths, element=element)

    def _begin(self, namespace: str, name: str) -> None:
        message = _message_of(namespace)
        if not _is_message(message):
            raise BadFile(f"Not a message of ISO 20022: its namespace is {namespace[:80]!r}.")
        if name != "Document":
            raise BadFile(f"A message begins with Document, not with {name[:80]!r}.")
        if message not in self._known:
            raise BadFile(f"This is {message}; what is read here is {_families(self._known)}.")
        if self.message and namespace != self._namespace:
            raise BadFile(f"One file holds {self.message} and {message}: give them one by one.")
        self.message, self._namespace = message, namespace


def _message_of(namespace: str) -> str:
    """Return which message a namespace is of; the namespace itself if it is of none."""
    return namespace.removeprefix(ISO).removeprefix(_SWIFT).removeprefix("$")


def _is_message(name: str) -> bool:
    return _MESSAGE.fullmatch(name) is not None


def _families(messages: Collection[str]) -> str:
    """Return the known messages: of successive versions, the first and last."""
    versions: dict[str, list[str]] = {}
    for message in sorted(messages):
        family, _, version = message.rpartition(".")
        versions.setdefault(family, []).append(version)
    return ", ".join(
        f"{family}.{found[0]}" + (f" to {found[-1]}" if len(found) > 2 else "")
        if len(found) != 2
        else f"{family}.{found[0]}, {family}.{found[1]}"
        for family, found in versions.items()
    )


def message_of(source: BinaryIO) -> str:
    """Return which message a file is by the namespace of its document, as `"pain.002.001.03"`.

    Returns:
        Empty if that cannot be told: reading the file says what is wrong with it.
    """
    try:
        elements = iterparse(source, events=("start",), forbid_dtd=True, forbid_entities=True)
        for _, element in islice(elements, _MOST_BEFORE):
            namespace, _, name = element.tag.removeprefix("{").rpartition("}")
            if name not in _WRAPPERS and _is_message(_message_of(namespace)) and name == "Document":
                return _message_of(namespace)
    except (DefusedXmlException, ParseError, LookupError, UnicodeError, ValueError):
        return ""
    return ""


def text(element: Element | None, path: str = "") -> str | None:
    """Return an element's text without the space around it; None if there is none."""
    found = find(element, path)
    value = (found.text or "").strip() if found is not None else ""
    return value or None


def find(element: Element | None, path: str = "") -> Element | None:
    """Return the first element at a path of local names; None if there is none."""
    if element is None or not path:
        return element
    return element.find(path)


def require(element: Element, path: str, what: str) -> str:
    """Return a text that must be there.

    Raises:
        BadFile: If it is not.
    """
    value = text(element, path)
    if value is None:
        raise BadFile(f"{what} has no {path}.")
    return value


def amount(element: Element, path: str, what: str) -> tuple[int, str]:
    """Return an amount in minor units, and its currency in lower case.

    Raises:
        BadFile: If it is missing, negative, or has more decimals than the currency.
    """
    digits, found = require(element, path, what), element.find(path)
    currency = found.get("Ccy", "").lower() if found is not None else ""
    value = decimal(digits)
    if value is None:
        raise BadFile(f"{what} has the amount {digits[:40]!r}, which is none.")
    if currency not in currencies.CODES:
        raise BadFile(f"{what} has the currency {currency[:10]!r}, which nobody here knows.")
    try:
        return money.from_decimal(value, currency).amount, currency
    except money.InexactAmount as problem:
        raise BadFile(f"{what}: {problem}") from problem


def optional_amount(element: Element, path: str) -> tuple[int | None, str | None]:
    """Return an amount that refuses no file, in minor units, with its currency.

    The units are the wire's, or else ISO 4217's for the currencies that the wire does not know.

    Returns:
        No amount if it is missing, no number, or has more decimals than its currency; neither if
        the currency never was in force.
    """
    found = element.find(path)
    if found is None:
        return None, None
    currency = found.get("Ccy", "").lower()
    if currency not in DECIMALS:
        return None, None
    value = decimal((found.text or "").strip())
    is_ours = currency in currencies.CODES
    places = currencies.exponent(currency) if is_ours else DECIMALS[currency]
    units = None if value is None else value.scaleb(places)
    return (int(units) if units is not None and units == int(units) else None), currency


def decimal(digits: str) -> Decimal | None:
    """Return a number as XML writes it; None if it is none, negative, or more than there is."""
    value = Decimal(digits) if _DECIMAL.fullmatch(digits) else None
    return value if value is not None and 0 <= value < _MOST else None


def day(element: Element, path: str) -> date | None:
    """Return a date, given as one (`Dt`) or as a moment (`DtTm`); None if there is none.

    A moment's date is the one that the bank wrote, in its own time zone.
    """
    moment = text(element, f"{path}/Dt") or text(element, f"{path}/DtTm")
    try:
        return date.fromisoformat(moment[:10]) if moment else None
    except ValueError:
        return None


def word(element: Element | None, path: str) -> str | None:
    """Return a code: ISO's own (`Cd`), the bank's (`Prtry`), or bare, as older versions have it."""
    found = find(element, path)
    return text(found, "Cd") or text(found, "Prtry") or text(found)


@contextmanager
def _clearly() -> Iterator[None]:
    try:
        yield
    except DTDForbidden:
        raise BadFile("The file declares a document type, which no bank's does.") from None
    except DefusedXmlException as problem:
        raise BadFile(f"The file declares entities: {type(problem).__name__}.") from None
    except ParseError as problem:
        raise BadFile(f"The file is broken off, or no XML: {problem}.") from None
    except (LookupError, UnicodeError, ValueError) as problem:
        if isinstance(problem, BadFile):
            raise
        raise BadFile(f"The file's characters cannot be read: {problem}.") from None
