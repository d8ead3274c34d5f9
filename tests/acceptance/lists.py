"""Lists inside of objects: whoever follows their `url` gets what they show, and all of it once."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Wire = dict[str, Any]


def inside(value: Any, *, is_top: bool = True) -> Iterator[Wire]:
    """Walk all lists that are inside of an object, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from inside(one, is_top=False)
    elif isinstance(value, dict):
        if value.get("object") == "list" and not is_top:
            yield value
        for one in value.values():
            yield from inside(one, is_top=False)


def faults(get: Callable[..., Any], found: Wire) -> list[str]:
    """Follow a list's `url` as the package does, two at a time, and say what is wrong.

    Args:
        get: Asks for a path with parameters; returns the status and the answer.
        found: The list.
    """
    address = urlsplit(found["url"])
    asked: dict[str, Any] = {**dict(parse_qsl(address.query)), "limit": 2}
    ids: list[str] = []
    while True:
        status, answer = get(address.path, **asked)
        if status != 200:
            return [f"{found['url']} answers {status}: {answer}"]
        ids += [one["id"] for one in answer["data"]]
        if not answer["has_more"]:
            break
        asked["starting_after"] = ids[-1]
    shown = [one["id"] for one in found["data"]]
    wrong = [] if ids[: len(shown)] == shown else [f"{found['url']} has {ids}, not {shown}"]
    if len(ids) != len(set(ids)) or found["has_more"] != (len(ids) > len(shown)):
        wrong.append(f"{found['url']} has {ids}; {shown} says has_more {found['has_more']}")
    return wrong
