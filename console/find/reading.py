"""Reading what somebody typed into the box: all that it can mean."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext

from core import currencies
from core.database.finding import TAIL_LENGTH, Typed

LONGEST: Final = 200
_SUFFIX: Final = 24
_ID: Final = re.compile(r"[a-z]+_[0-9A-Za-z_]+")
_ENDS_AN_ID: Final = re.compile(rf"[0-9A-Za-z]{{{TAIL_LENGTH},{_SUFFIX}}}")
_PAIR: Final = re.compile(r"\s*([^=:\s][^=:]{0,39}?)\s*[=:]\s*(\S.*)")
_AMOUNT: Final = re.compile(
    r"(?P<before>[A-Za-z]{3}\s|[$€£¥฿])?\s*(?P<number>[0-9][0-9.,]*)\s*"
    r"(?P<after>[A-Za-z]{3}|[$€£¥฿])?"
)
_SIGNS: Final = {"€": ("eur",), "£": ("gbp",), "¥": ("jpy", "cny"), "฿": ("thb",)}
_MOST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text may mean.

    Args:
        text: As it was typed, without what surrounds it.
        id: A whole id; empty if it is none.
        typed: What is looked for.
        notes: How it was understood, in sentences.
    """

    text: str
    id: str = ""
    typed: Typed = field(default_factory=Typed)
    notes: tuple[str, ...] = ()


def read(text: str) -> Reading:
    """Return all that a text can mean."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(text) > LONGEST:
        return Reading(
            text[:LONGEST],
            notes=(gettext("Type %(longest)s characters at most.") % {"longest": LONGEST},),
        )
    amounts, notes = _amounts(text)
    key, value = _pair(text)
    typed = Typed(
        tail=_tail(text),
        email=text if "@" in text else "",
        name=text if _may_be_a_name(text) else "",
        last4=text[-4:] if re.fullmatch(r"[•*.x\s]*[0-9]{4}", text) else "",
        amounts=amounts,
        key=key,
        value=value,
    )
    return Reading(text, _whole_id(text), typed, notes)


def _whole_id(text: str) -> str:
    # A secret of an intent begins with its id.
    text = text.partition("_secret_")[0]
    return text if _ID.fullmatch(text) and len(text) <= 64 else ""


def _tail(text: str) -> str:
    text = text.lstrip("…._")
    return text if _ENDS_AN_ID.fullmatch(text) else ""


def _may_be_a_name(text: str) -> bool:
    return len(text) >= 2 and text[0].isalpha() and not re.search(r"[@_=]", text)


def _pair(text: str) -> tuple[str, str]:
    """Return the key and the value of metadata; a value alone is looked for under any key."""
    pair = _PAIR.fullmatch(text)
    return (pair[1], pair[2]) if pair else ("", text)


def _amounts(text: str) -> tuple[dict[int, tuple[str, ...]], tuple[str, ...]]:
    """Return minor units → currencies, and how the number was understood."""
    shown = _AMOUNT.fullmatch(text)
    if shown is None:
        return {}, ()
    words = [(shown[part] or "").strip().lower() for part in ("before", "after")]
    named = next((word for word in words if word), "")
    codes: tuple[str, ...] = tuple(sorted(currencies.CODES))
    if named in currencies.CODES:
        codes = (named,)
    elif named in _SIGNS:
        codes = _SIGNS[named]
    elif named and named != "$":
        return {}, (
            gettext("“%(upper)s” is no currency that Rialto knows.") % {"upper": named.upper()},
        )
    number, note = _number(shown["number"])
    if number is None:
        return {}, (note,)
    found: dict[int, tuple[str, ...]] = {}
    for code in codes:
        minor = number.scaleb(currencies.exponent(code))
        if minor == minor.to_integral_value() and 0 < minor < _MOST:
            found[int(minor)] = (*found.get(int(minor), ()), code)
    return found, (note,) if note else ()


def _number(text: str) -> tuple[Decimal | None, str]:
    """Read a number as people write it, with a point or a comma before the decimals."""
    comma, point = text.rfind(","), text.rfind(".")
    plain = text
    if comma > point:
        decimals = len(text) - comma - 1
        is_grouped = decimals == 3 and text.count(".") == 0
        plain = text.replace(",", "") if is_grouped else _with_comma(text)
    elif "," in text:
        plain = text.replace(",", "")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None, gettext("“%(text)s” is no amount. Write it like 1234.50.") % {"text": text}
    return number, "" if plain == text else gettext("“%(text)s” was read as %(number)s.") % {
        "text": text,
        "number": f"{number:,}",
    }


def _with_comma(text: str) -> str:
    whole, _, decimals = text.rpartition(",")
    return f"{whole.replace('.', '')}.{decimals}"
