"""Bodies and query strings → nested dictionaries, with limits."""

import json as _json
import math
import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, NoReturn
from urllib.parse import unquote_to_bytes

from core.errors import InvalidRequest
from core.types import JsonObject

MAX_BODY: Final = 1_048_576
MAX_DEPTH: Final = 8
MAX_PARAMETERS: Final = 1_000

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONGEST_NAME: Final = 500
# A string (or the rest of the text, if it never ends), or a mark that gives structure. The
# possessive repeat and the second ending keep the scan linear whatever the text is.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)


def form(text: bytes) -> JsonObject:
    """Read `a[b]=1&c[]=2&d[0][e]=3` into nested dictionaries and lists.

    `c[]` makes a list; numbered brackets make a dictionary with numbers as keys,
    which list parameters understand, since only they know that they are lists.

    Raises:
        InvalidRequest: If a limit is passed, a name is malformed or given twice, or the text
            can't be stored; it names which.
    """
    if len(text) > MAX_BODY:
        raise too_large()
    if text.count(b"&") > MAX_PARAMETERS:
        raise _too_much("The number of parameters", f"{MAX_PARAMETERS}")
    try:
        pairs = [pair for pair in text.decode().split("&") if pair]
    except UnicodeDecodeError:
        raise _not_utf8() from None
    if len(pairs) > MAX_PARAMETERS:
        raise _too_much("The number of parameters", f"{MAX_PARAMETERS}")
    result: JsonObject = {}
    for pair in pairs:
        raw_name, _, raw_value = pair.partition("=")
        name, value = _text(raw_name), _text(raw_value)
        keys = _keys(name)
        if len(keys) == 1:
            _set(result, name, value, name)
        else:
            _put(result, keys, value, name)
    return result


def json(text: bytes) -> JsonObject:
    """Read a JSON object, strictly: what is ambiguous, or no finite number, is refused.

    Raises:
        InvalidRequest: If it is not one, has a key twice or a character that can't be stored, or
            a limit is passed.
    """
    if len(text) > MAX_BODY:
        raise too_large()
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise _not_utf8() from None
    if not decoded.strip():
        return {}
    _check_limits(decoded)
    try:
        result = _json.loads(
            decoded,
            object_pairs_hook=_without_duplicates,
            parse_constant=_not_finite,
            parse_float=_finite,
            parse_int=_within_64_bits,
        )
    except (ValueError, RecursionError):
        raise InvalidRequest(
            "Invalid request: the body is not valid JSON. Check that it is well formed."
        ) from None
    if not isinstance(result, dict):
        raise InvalidRequest("Invalid request: the body must be a JSON object.")
    if "\\u" in decoded:
        _check_strings(result)
    return result


def too_large() -> InvalidRequest:
    """Make the refusal of a body that is over the limit."""
    return _too_much("The request", "1 MiB")


@lru_cache(maxsize=4096)
def _keys(name: str) -> tuple[str, ...]:
    match = _NAME.fullmatch(name) if len(name) <= _LONGEST_NAME else None
    if match is None:
        raise InvalidRequest(f"Invalid parameter name: {name[:100]}", param=name[:100] or None)
    head, brackets = match.groups()
    keys = (head, *brackets[1:-1].split("][")) if brackets else (head,)
    if len(keys) > MAX_DEPTH:
        raise _too_much("The depth of parameters", f"{MAX_DEPTH} levels", param=name[:100])
    return keys


def _put(result: JsonObject, keys: tuple[str, ...], value: str, name: str) -> None:
    """Put a value below its keys, making the containers on the way."""
    node: JsonObject | list[object] = result
    for key, following in pairwise(keys):
        fresh: JsonObject | list[object] = [] if following == "" else {}
        if isinstance(node, list):
            inner = _element(node, following, fresh)
        else:
            inner = node.setdefault(key, fresh)
        if type(inner) is not type(fresh) or not isinstance(inner, dict | list):
            raise InvalidRequest(
                f"Invalid parameter: {name[:100]} is given in two shapes.", param=name[:100]
            )
        node = inner
    if isinstance(node, list):
        node.append(value)
    else:
        _set(node, keys[-1], value, name)


def _element(node: list[object], following: str, fresh: object) -> object:
    """Return where `a[][b]=1` belongs: the last element, or a new one if that has the key."""
    if not node or not isinstance(node[-1], dict) or following in node[-1]:
        node.append(fresh)
    return node[-1]


def _set(node: JsonObject, key: str, value: str, name: str) -> None:
    if key in node:
        raise InvalidRequest(f"The parameter {name[:100]} is given twice.", param=name[:100])
    node[key] = value


def _text(raw: str) -> str:
    if "+" in raw:
        raw = raw.replace("+", " ")
    if "%" in raw:
        # What is cut off could mean anything; a lone percent sign is written %25.
        if _BROKEN_ESCAPE.search(raw):
            raise InvalidRequest(
                "Invalid request: a % in the parameters is not followed by two hexadecimal digits."
            )
        try:
            raw = unquote_to_bytes(raw).decode()
        except UnicodeDecodeError:
            raise _not_utf8() from None
    if "\0" in raw:
        raise _holds_nul()
    return raw


def _check_limits(text: str) -> None:
    """Count before parsing, so that a hostile text costs no more than this walk."""
    depth, parameters, strings = 0, 0, 0
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            parameters += 1
            if depth > MAX_DEPTH:
                raise _too_much("The depth of the JSON", f"{MAX_DEPTH} levels")
        elif mark in "]}":
            depth -= 1
        elif mark == ",":
            parameters += 1
        else:
            strings += 1
        # The outermost object is no parameter; each parameter is a name and a value at most.
        if parameters > MAX_PARAMETERS + 1 or strings > 2 * MAX_PARAMETERS:
            raise _too_much("The number of parameters", f"{MAX_PARAMETERS}")


def _without_duplicates(pairs: list[tuple[str, object]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)[:100]
        raise InvalidRequest(f"Invalid request: the JSON has the key {name!a} twice in one object.")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) >= 2**63 and math.isfinite(number):
        # The database would give 1e30 back as a whole number, which no answer can hold.
        raise _beyond_64_bits(text)
    return number if math.isfinite(number) else _not_finite(text)


def _not_finite(text: str) -> NoReturn:
    raise InvalidRequest(f"Invalid request: {text[:20]} is not a finite number.")


def _within_64_bits(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise _beyond_64_bits(text)
    return int(text)


def _beyond_64_bits(text: str) -> InvalidRequest:
    return InvalidRequest(f"Invalid request: {text[:20]} is beyond 64 bits.")


def _check_strings(value: object) -> None:
    """Refuse what an escape can smuggle in: NUL, and half of a surrogate pair."""
    if isinstance(value, str):
        if "\0" in value:
            raise _holds_nul()
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidRequest("Invalid request: the JSON has a lone surrogate.") from None
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_strings(name)
            _check_strings(item)
    elif isinstance(value, list):
        for item in value:
            _check_strings(item)


def _not_utf8() -> InvalidRequest:
    return InvalidRequest("Invalid request: the parameters are not valid UTF-8.")


def _holds_nul() -> InvalidRequest:
    return InvalidRequest("Invalid request: the parameters hold a NUL character.")


def _too_much(what: str, limit: str, param: str | None = None) -> InvalidRequest:
    return InvalidRequest(f"{what} is over the limit of {limit}.", param=param)
