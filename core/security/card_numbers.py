"""Numbers of cards where none belongs: found in texts, and masked where a text is only shown. Pure.

A number counts as a card's if it has as many digits as cards of its brand have, begins like one,
and its last digit is right (Luhn). Spaces, dots and hyphens may stand between the digits; what
follows a plus is a phone number, what is joined to letters is an id, and so is a UUID, and groups
of one or two digits are dates and amounts.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from core.types import JsonObject

_LEAST_DIGITS: Final = 14
_MOST_DIGITS: Final = 19
# Groups of digits, each perhaps after one or two separators.
_SEPARATED: Final = r"[ \u00a0.\-\u2010-\u2014]{1,2}"
_RUN: Final = re.compile(rf"(?<![\w+])[0-9]{{3,19}}(?:{_SEPARATED}[0-9]{{3,19}})*(?!\w)")
# One of some 30,000 random ones has a card's number for its first three groups; the official
# packages make one for each request.
_UUID: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}"
    r"-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}(?![0-9A-Za-z])"
)
_GROUP: Final = re.compile("[0-9]+")
_BRANDS: Final = re.compile(
    r"4\d{15}"
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}(?:\d\d)?"
    r"|35(?:2[89]|[3-8]\d)\d{12}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|62\d{14}(?:\d{3})?"
)
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
# Where a card's number belongs: `number` inside of these.
_CARDS: Final = frozenset({"card", "source", "external_account", "default_source"})
# Numbers of other kinds that only their own columns keep, encrypted.
_OTHER_NUMBERS: Final = frozenset(
    {"account_number", "iban", "id_number", "id_number_secondary", "ssn_last_4"}
)


def contains_card_number(text: str) -> bool:
    """Return whether a text holds the number of a card."""
    return len(text) >= _LEAST_DIGITS and any(True for _ in _find(_plain(text)))


def mask(text: str) -> str:
    """Return a text without the numbers of cards in it, but for their last four digits."""
    if not contains_card_number(text):
        return text
    text = _plain(text)
    for start, end in reversed(list(_find(text))):
        last = "".join(_GROUP.findall(text[start:end]))[-4:]
        text = f"{text[:start]}{'*' * 12}{last}{text[end:]}"
    return text


def mask_in(found: object) -> object:
    """Return what was read from JSON without the numbers of cards in its texts and numbers."""
    if isinstance(found, str):
        return mask(found)
    if isinstance(found, dict):
        return {mask(name): mask_in(value) for name, value in found.items()}
    if isinstance(found, list):
        return [mask_in(value) for value in found]
    # A number that is a card's becomes a text.
    is_one = (
        isinstance(found, int) and not isinstance(found, bool) and contains_card_number(str(found))
    )
    return mask(str(found)) if is_one else found


def mask_file(content: bytes) -> bytes:
    """Return a file of text without the numbers of cards in it; nothing else of it changes."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # In all other alphabets digits are the same bytes, and what is not UTF-8 stays as it is.
    text = content.decode("utf-16" if is_wide else "utf-8", "surrogateescape")
    found = list(_find(_plain(text)))
    if not found:
        return content
    for start, end in found:
        digits = [group.start() for group in re.finditer("[0-9]", _plain(text[start:end]))]
        for at in digits[:-4]:
            text = f"{text[: start + at]}*{text[start + at + 1 :]}"
    return text.encode("utf-16" if is_wide else "utf-8", "surrogateescape")


def find_parameter(found: object, path: str = "", inside: str = "") -> str | None:
    """Return the parameter whose name or value holds the number of a card and should not.

    Args:
        found: object part of a request: tables, lists, texts.
        path: Where that stands in the request.
        inside: The last name of the path.
    """
    if isinstance(found, str):
        return path if contains_card_number(found) else None
    if isinstance(found, dict):
        return _place_in_table(found, path, inside)
    if isinstance(found, list):
        places = (find_parameter(one, f"{path}[{number}]") for number, one in enumerate(found))
        return next((place for place in places if place is not None), None)
    # JSON has numbers too, and a text may be sent as one.
    return path if isinstance(found, int) and contains_card_number(str(found)) else None


def _place_in_table(table: JsonObject, path: str, inside: str) -> str | None:
    for name, value in table.items():
        if contains_card_number(name):
            return path or "with the number for a name"
        is_meant = name == "number" and inside in _CARDS
        if is_meant or (name in _OTHER_NUMBERS and "metadata" not in path):
            continue
        place = find_parameter(value, f"{path}[{name}]" if path else name, name)
        if place is not None:
            return place
    return None


def _plain(text: str) -> str:
    """Write digits of other scripts and widths as everybody's."""
    if text.isascii():
        return text
    return "".join(str(int(one)) if one.isdecimal() else one for one in text)


def _find(text: str) -> Iterator[tuple[int, int]]:
    """Tell where numbers of cards begin and end. They begin and end with a group of digits."""
    # Letters of the same length, so that places stay.
    text = _UUID.sub("x" * 36, text)
    for run in _RUN.finditer(text):
        groups = list(_GROUP.finditer(run[0]))
        first = 0
        while first < len(groups):
            taken = _card_in(groups, first)
            if taken:
                last = groups[first + taken - 1]
                yield run.start() + groups[first].start(), run.start() + last.end()
            first += taken or 1


def _card_in(groups: list[re.Match[str]], first: int) -> int:
    """Return how many groups from the first on are the number of a card; 0 if none are."""
    digits = ""
    for count, group in enumerate(groups[first : first + _MOST_DIGITS // 3], 1):
        digits += group[0]
        if len(digits) > _MOST_DIGITS:
            return 0
        if len(digits) >= _LEAST_DIGITS and _BRANDS.fullmatch(digits) and _is_luhn(digits):
            return count
    return 0


def _is_luhn(digits: str) -> bool:
    backwards = [int(one) for one in reversed(digits)]
    return sum(backwards[::2] + [_DOUBLED[one] for one in backwards[1::2]]) % 10 == 0
