"""Pure: how numbers of banks and accounts are written, and their own check digits."""

import re
from collections.abc import Callable
from typing import Final

_KINDS: Final = {
    "n": ("[0-9]", "digits"), "a": ("[A-Z]", "letters"), "c": ("[A-Z0-9]", "letters or digits"),
}  # fmt: skip
_PART: Final = re.compile(r"(?P<least>[0-9]+)(?P<more>[-/][0-9]+)?(?P<kind>[nac])")
BIC: Final = "bic"


def pattern(shape: str) -> str:
    """Return the regular expression of a shape.

    Args:
        shape: Parts with spaces between them, as registries write them: `9n` is nine digits,
            `4-17n` four to seventeen, `3/7n` three or seven, `4a` letters, `6c` either. Digits
            alone stand for themselves. `bic` is ISO 9362's.

    Raises:
        ValueError: If it is none.
    """
    if shape == BIC:
        return r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"
    return "".join(_part_pattern(part) for part in shape.split())


def describe(shape: str) -> str:
    """Describe a shape for people: `4-17n` is "4 to 17 digits"."""
    if shape == BIC:
        return "8 or 11 letters or digits"
    return ", ".join(_describe_part(part) for part in shape.split())


def _part_pattern(part: str) -> str:
    if part.isdigit():
        return part
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"{part!r} is no part of a shape.")
    one, least, more = _KINDS[found["kind"]][0], found["least"], found["more"] or ""
    if more.startswith("/"):
        return f"(?:{one}{{{least}}}|{one}{{{more[1:]}}})"
    return f"{one}{{{least},{more[1:]}}}" if more else f"{one}{{{least}}}"


def _describe_part(part: str) -> str:
    found = _PART.fullmatch(part)
    if found is None:
        return part
    between = {"-": " to ", "/": " or ", "": ""}
    more = found["more"] or ""
    return f"{found['least']}{between[more[:1]]}{more[1:]} {_KINDS[found['kind']][1]}"


def _weighted_sum(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * weights[place % len(weights)] for place, d in enumerate(digits))


def _aba(routing: str, account: str, country: str) -> bool:
    # Source: American Bankers Association, the check digit of a routing number.
    total = _weighted_sum(routing, (3, 7, 1))
    return total > 0 and total % 10 == 0


def _bic(routing: str, account: str, country: str) -> bool:
    return routing[4:6] == country


def _clabe(routing: str, account: str, country: str) -> bool:
    # Source: Banco de Mexico. Each product counts by its last digit, which adds up to the same.
    return (_weighted_sum(account[:17], (3, 7, 1)) + int(account[17])) % 10 == 0


def _cbu(routing: str, account: str, country: str) -> bool:
    # Source: Banco Central de la República Argentina: a check digit for bank and branch, and one
    # for the account.
    branch, own = account[:8], account[8:]
    return (_weighted_sum(branch[:7], (7, 1, 3, 9)) + int(branch[7])) % 10 == 0 and (
        _weighted_sum(own[:13], (3, 9, 7, 1)) + int(own[13])
    ) % 10 == 0


def _rib(routing: str, account: str, country: str) -> bool:
    # Source: Bank Al-Maghrib: the last two digits are ISO 7064's of the others.
    return int(account) % 97 == 0


# Name in the tables of countries → whether the numbers' own check digits are right.
CHECKS: Final[dict[str, Callable[[str, str, str], bool]]] = {
    "": lambda _routing, _account, _country: True,
    "aba": _aba, "bic": _bic, "cbu": _cbu, "clabe": _clabe, "rib": _rib,
}  # fmt: skip
# Those that are of the number of the bank, not of the account.
OF_BANKS: Final = ("aba", "bic")
