"""Forms with brackets: `card[number]=...`, `expand[]=a`, `items[0][price]=...`."""

import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from api.errors import InvalidParams
from api.parsers.limits import MAX_DEPTH, MAX_PARAMETERS, too_deep, too_many

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_APPEND: Final = ""
_LONGEST_NAME: Final = 500

Path = tuple[str, ...]


def parse(body: bytes) -> dict[str, Any]:
    """Parse a form or a query.

    Args:
        body: As sent; percent signs and pluses still encode.

    Returns:
        Nested dicts, with lists only where the caller wrote `[]`, and strings.

    Raises:
        InvalidParams: If it is not UTF-8, a name is malformed or given twice, or a limit is
            passed.
    """
    if body.count(b"&") >= MAX_PARAMETERS:
        raise too_many()
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise _not_utf8() from None
    found: dict[str, Any] = {}
    for pair in text.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        name, value = _decode(name), _decode(value)
        if "\0" in value or "\0" in name:
            raise InvalidParams("NUL characters are not accepted.", param=_shown(name))
        path = _path(name)
        if len(path) == 1:
            if name in found:
                raise _given_twice(name)
            found[name] = value
        else:
            _put(found, path, value, name)
    return found


def _decode(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise _not_utf8() from None


@lru_cache(maxsize=4096)
def _path(name: str) -> Path:
    match = _NAME.fullmatch(name) if len(name) <= _LONGEST_NAME else None
    if match is None:
        raise InvalidParams(f"Invalid parameter name: {_shown(name)}")
    head, brackets = match.groups()
    path = (head, *brackets[1:-1].split("][")) if brackets else (head,)
    if len(path) > MAX_DEPTH:
        raise too_deep()
    return path


def _put(found: dict[str, Any], path: Path, value: str, name: str) -> None:
    """Put a value at its path, making the containers on the way."""
    node: dict[str, Any] | list[Any] = found
    last = len(path) - 1
    for i, key in enumerate(path):
        fresh: Any = value if i == last else [] if path[i + 1] == _APPEND else {}
        if key == _APPEND:
            node = _append(node, path[i + 1 :], fresh, name)
            continue
        if not isinstance(node, dict):
            raise _given_twice(name)
        if i < last:
            node = node.setdefault(key, fresh)
            if type(node) is not type(fresh):
                raise _given_twice(name)
        elif key in node:
            raise _given_twice(name)
        else:
            node[key] = fresh


def _append(node: Any, rest: Path, fresh: Any, name: str) -> Any:
    """Extend a list: `a[][b]` goes to the last element that has no `b` yet, or to a new one."""
    if not isinstance(node, list):
        raise _given_twice(name)
    if rest and node and isinstance(node[-1], dict) and rest[0] not in node[-1]:
        return node[-1]
    node.append(fresh)
    return fresh


def _given_twice(name: str) -> InvalidParams:
    return InvalidParams(
        f"The parameter {_shown(name)} was given twice, or in two shapes.", param=_shown(name)
    )


def _not_utf8() -> InvalidParams:
    return InvalidParams("The parameters are not valid UTF-8.")


def _shown(name: str) -> str:
    return name.replace("\0", "\\0")[:100]
