"""JSON bodies, read strictly: what is ambiguous or not a number is refused."""

import json
import math
import re
from typing import Any, Final, NoReturn

from api.errors import InvalidParams
from api.parsers.limits import MAX_DEPTH, MAX_PARAMETERS, too_deep, too_many

# A string (or the rest of the text, if it never ends), or a mark that gives structure.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)


def parse(body: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        InvalidParams: If it is malformed, not an object, has a duplicate key, a number that is
            not finite or a character that cannot be stored, or passes a limit.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise InvalidParams("The request body is not valid UTF-8.") from None
    _check_limits(text)
    try:
        found = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_not_finite,
            parse_float=_finite,
            parse_int=_within_64_bits,
        )
    except (ValueError, RecursionError):
        raise InvalidParams("The request body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise InvalidParams("The request body must be a JSON object.")
    if "\\u" in text:
        _check_strings(found)
    return found


def _check_limits(text: str) -> None:
    """Count before parsing, so that a hostile text costs no more than this walk."""
    depth, parameters, strings = 0, 0, 0
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            parameters += 1
            if depth > MAX_DEPTH:
                raise too_deep()
        elif mark in "]}":
            depth -= 1
        elif mark == ",":
            parameters += 1
        else:
            strings += 1
        if parameters > MAX_PARAMETERS or strings > 2 * MAX_PARAMETERS:
            raise too_many()


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)[:100]
        raise InvalidParams(f"The key {name} appears twice in a JSON object.", param=name)
    return found


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _not_finite(text)


def _within_64_bits(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise InvalidParams(f"{text[:20]} is beyond 64 bits.")
    return int(text)


def _not_finite(text: str) -> NoReturn:
    raise InvalidParams(f"{text[:20]} is not a finite number.")


def _check_strings(value: Any) -> None:
    """Refuse what an escape can smuggle in: NUL, and half of a surrogate pair."""
    if isinstance(value, str):
        if "\0" in value:
            raise InvalidParams("NUL characters are not accepted.")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidParams("The request body holds a lone surrogate.") from None
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_strings(key)
            _check_strings(item)
    elif isinstance(value, list):
        for item in value:
            _check_strings(item)
