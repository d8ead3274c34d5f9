"""Bodies and query strings → nested dictionaries, with limits."""

import re
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import orjson

from core.errors import InvalidRequest

MAX_BODY: Final = 1_048_576
MAX_DEPTH: Final = 8
MAX_PARAMETERS: Final = 1_000

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_DUPLICATE_PRONE = re.compile(rb'"(?:[^"\\]|\\.)*"\s*:')


def form(text: bytes) -> dict[str, Any]:
    """Read `a[b]=1&c[]=2&d[0][e]=3` into nested dictionaries and lists.

    `c[]` makes a list; numbered brackets make a dictionary with numbers as keys,
    which list parameters understand, since only they know that they are lists.

    Raises:
        InvalidRequest: If a limit is passed or a name is malformed; it names which.
    """
    if len(text) > MAX_BODY:
        raise _too_much("The request", "1 MiB")
    pairs = [pair for pair in text.split(b"&") if pair]
    if len(pairs) > MAX_PARAMETERS:
        raise _too_much("The number of parameters", f"{MAX_PARAMETERS}")
    result: dict[str, Any] = {}
    for pair in pairs:
        raw_name, _, raw_value = pair.partition(b"=")
        _put(result, _text(raw_name), _text(raw_value))
    return result


def json(text: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        InvalidRequest: If it is not one, or a limit is passed.
    """
    if len(text) > MAX_BODY:
        raise _too_much("The request", "1 MiB")
    if not text.strip():
        return {}
    if _deepest(text) > MAX_DEPTH:
        raise _too_much("The depth of the JSON", f"{MAX_DEPTH} levels")
    try:
        result = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(
            "Invalid request: the body is not valid JSON. Check that it is well formed and in "
            "UTF-8."
        ) from error
    if not isinstance(result, dict):
        raise InvalidRequest("Invalid request: the body must be a JSON object.")
    names = _count_names(result)
    if names > MAX_PARAMETERS:
        raise _too_much("The number of parameters", f"{MAX_PARAMETERS}")
    if len(_DUPLICATE_PRONE.findall(text)) != names:
        raise InvalidRequest("Invalid request: the JSON names a key twice in one object.")
    return result


def _put(result: dict[str, Any], name: str, value: str) -> None:
    match = _NAME.match(name)
    if match is None:
        raise InvalidRequest(f"Invalid parameter name: {name[:100]}", param=name[:100])
    keys = [match[1], *match[2][1:-1].split("][")] if match[2] else [match[1]]
    if len(keys) > MAX_DEPTH:
        raise _too_much("The depth of parameters", f"{MAX_DEPTH} levels", param=name[:100])
    node: Any = result
    for key, following in zip(keys, keys[1:], strict=False):
        empty: Any = [] if following == "" else {}
        if isinstance(node, list):
            # `a[][b]=1`: a new element where the last one has the key already.
            if not node or not isinstance(node[-1], dict) or following in node[-1]:
                node.append({})
            node = node[-1]
            continue
        child = node.setdefault(key, empty)
        if not isinstance(child, type(empty)):
            raise InvalidRequest(
                f"Invalid parameter: {match[1]} is given in two shapes.", param=name[:100]
            )
        node = child
    _set(node, keys[-1], value, name)


def _set(node: Any, key: str, value: str, name: str) -> None:
    if isinstance(node, list):
        node.append(value)
    elif key in node:
        raise InvalidRequest(f"The parameter {name[:100]} is given twice.", param=name[:100])
    else:
        node[key] = value


def _text(raw: bytes) -> str:
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest("Invalid request: the parameters are not valid UTF-8.") from error
    if "\0" in text:
        raise InvalidRequest("Invalid request: the parameters hold a NUL character.")
    return text


def _deepest(text: bytes) -> int:
    """Find how deep brackets nest, in a scan that no depth can hurt."""
    depth = deepest = 0
    in_string = escaped = False
    if text.count(b"{") + text.count(b"[") <= MAX_DEPTH:
        return 0
    for byte in text:
        if in_string:
            in_string = escaped or byte != 0x22
            escaped = not escaped and byte == 0x5C
        elif byte == 0x22:
            in_string = True
        elif byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest
        elif byte in b"}]":
            depth -= 1
    return deepest


def _count_names(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_count_names(item) for item in value.values())
    return sum(_count_names(item) for item in value) if isinstance(value, list) else 0


def _too_much(what: str, limit: str, param: str | None = None) -> InvalidRequest:
    return InvalidRequest(f"{what} is over the limit of {limit}.", param=param)
