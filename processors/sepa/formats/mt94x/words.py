"""What banks write into the words of an MT940 (`:86:`), each in its own way."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from processors.sepa.formats import camt_details as parts_of_entries

# Source: the German banks' agreement on statements (structured `:86:`), which Austrian, Polish and
# Czech banks took over with other marks: a business code, then numbered parts.
_NUMBERED: Final = re.compile(r"\s?(\d{3})\s?([?<>^~@])(?=\d{2})")
_FULL_PART: Final = 27
_FULL_LINE: Final = 65
_PURPOSE: Final = frozenset({*map(str, range(20, 30)), *map(str, range(60, 64))})
# Inside of the purpose, and what follows them.
_KEYWORDS: Final = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|RREF|RTRN)[+:]"
)
# Source: the Dutch banks' and SWIFT's code words for payments of SEPA.
_SLASHED: Final = re.compile(
    r"/(TRTP|TYPE|IBAN|BIC|NAME|REMI|EREF|PREF|MARF|CSID|CNTP|ORDP|BENM|RTRN|TRCD|PURP|ULTC|ULTD|"
    r"ULTB|ISDT|ADDR|ID|KREF|IREF|SVCL|CHGT|OCMT|EXCH|CHGS|SUBID|INIT|CRED|DEBT|ADDI|RREF)/"
)
_REASON: Final = re.compile(r"\b(A[CGM]\d\d|BE\d\d|CNOR|DNOR|FF\d\d|MD\d\d|MS\d\d|RC\d\d|RR\d\d)\b")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b")
# What stands where nobody gave a reference, or says where to look for it.
NO_REFERENCE: Final = frozenset(
    {"", "NONREF", "NOREF", "NOTPROVIDED", "NOT PROVIDED", "EREF", "EREF+", "KREF", "KREF+", "PREF"}
    | {"MREF", "MARF", "NONE", "STARTUMS"}
)


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a line say.

    Args:
        text: What the payment is for.
        end_to_end_id: What the one who paid called it; None if not told.
        batch_id: The batch, or file, that it was sent in; None if not told.
        name: The other side's; None if not told.
        iban: The IBAN; None if not told.
        return_code: Why it came back; None if not told.
        is_return: True if they say that it came back.
        info: What kind of payment it is, in the bank's words.
    """

    text: str = ""
    end_to_end_id: str | None = None
    batch_id: str | None = None
    name: str | None = None
    iban: str | None = None
    return_code: str | None = None
    is_return: bool = False
    info: str = ""


def read(lines: tuple[str, ...]) -> Words:
    """Read the words below a line of a statement, in whichever way the bank writes them.

    Args:
        lines: The lines of the field, as the bank broke them.
    """
    whole = "".join(lines).strip()
    if numbered := _NUMBERED.match(whole):
        return _read_numbered(whole[numbered.end() - 1 :], numbered[1])
    # A full line was broken off wherever it ended, another one between words.
    whole = "".join(one if len(one) >= _FULL_LINE else f"{one} " for one in lines).strip()
    if _SLASHED.match(whole):
        return _read_slashed(whole)
    return _free(_plain(" ".join(lines)))


def _read_numbered(whole: str, code: str) -> Words:
    mark = whole[0]
    parts: dict[str, str] = {}
    purpose: list[str] = []
    for part in whole[1:].split(mark):
        number, text = part[:2], part[2:]
        if not number.isdigit() and purpose:
            # The mark itself, in somebody's words.
            purpose[-1] += mark + part
        elif number in _PURPOSE:
            purpose.append(text)
        else:
            parts[number] = parts.get(number, "") + text
    fields = _spans(_KEYWORDS, _join(purpose))
    # What follows a reference without a keyword of its own is what the payment is for.
    end_to_end_id, _, more = fields.get("EREF", "").partition("\n")
    is_return = code in parts_of_entries.RETURN_WORDS or "RTRN" in fields
    reason = _REASON.search(" ".join([parts.get("34", ""), *fields.values()]))
    return Words(
        text=_plain(fields.get("SVWZ") or f"{fields['']} {more}"),
        end_to_end_id=_reference(end_to_end_id),
        batch_id=_reference(fields.get("KREF", "").partition("\n")[0]),
        name=_plain(_join([parts.get("32", ""), parts.get("33", "")])) or None,
        iban=_account(fields.get("IBAN", ""), parts.get("38", ""), parts.get("31", "")),
        return_code=reason[1] if is_return and reason else None,
        is_return=is_return,
        info=_plain(parts.get("00", "")),
    )


def _join(parts: list[str]) -> str:
    """Join parts of a text: a full one was broken off wherever it ended."""
    joined = ""
    for before, text in pairwise(["", *parts]):
        is_full = len(before) >= _FULL_PART and not _KEYWORDS.match(text)
        joined += text if is_full else f"\n{text}"
    return joined


def _read_slashed(whole: str) -> Words:
    fields = {word: text.strip("/ ") for word, text in _spans(_SLASHED, whole).items()}
    iban, name = fields.get("IBAN", ""), fields.get("NAME", "")
    if other := fields.get("CNTP"):
        # Account, bank, name and city.
        pieces = other.split("/")
        iban, name = pieces[0], pieces[2] if len(pieces) > 2 else name
    returned = fields.get("RTRN")
    return Words(
        text=_plain(re.sub(r"^(USTD|STRD)/+(CUR/)?", "", fields.get("REMI", ""))),
        end_to_end_id=_reference(fields.get("EREF", "")),
        batch_id=_reference(fields.get("PREF", "")),
        name=_plain(name) or None,
        iban=_account(iban),
        return_code=_plain(returned).partition("/")[0] if returned else None,
        is_return=returned is not None,
        info=_plain(fields.get("TRTP", fields.get("TYPE", ""))),
    )


def _free(text: str) -> Words:
    """Read words without a form, of which only an account can be told from the rest."""
    accounts = {account for one in _IBAN.findall(text) if (account := _account(one))}
    return Words(text=text, iban=accounts.pop() if len(accounts) == 1 else None)


def _spans(words: re.Pattern[str], text: str) -> dict[str, str]:
    """Return what stands behind each word, the first time; under none, what is before them all."""
    found = list(words.finditer(text))
    begins = [one.start() for one in found] + [len(text)]
    fields = {"": text[: begins[0]]}
    for one, end in zip(found, begins[1:], strict=True):
        fields.setdefault(one[1], text[one.end() : end])
    return fields


def _account(*texts: str) -> str | None:
    """Return the first that is an IBAN, or a Polish number without its country; None if none is."""
    # The package reads its list of banks when it is first used.
    from schwifty import IBAN

    for one in texts:
        plain = "".join(one.split()).upper()
        plain = f"PL{plain}" if len(plain) == 26 and plain.isdigit() else plain
        if len(plain) >= 15 and IBAN(plain, allow_invalid=True).is_valid:
            return plain
    return None


def _reference(text: str) -> str | None:
    """Return a reference; None of what says that there is none."""
    plain = _plain(text)
    return None if plain.upper() in NO_REFERENCE else plain[:35]


def _plain(text: str) -> str:
    return " ".join(text.split())
