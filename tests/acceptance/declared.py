"""What the official package lets a call say: its classes of parameters, walked to full depth."""

import inspect
import re
import sys
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict

from api.schema.sdk import Names, services

# What the package tells a request itself: none of it is sent as a parameter.
_OPTIONS = frozenset(RequestOptions.__annotations__)
_REQUEST = re.compile(r'_request\(\s*"(get|post|delete)",\s*"(/v1[^"]*)"')


class Parameter(NamedTuple):
    """One parameter that a call may be given.

    Args:
        path: The names that lead to it; `[]` stands for an item of a list.
        hint: Its annotation, resolved.
    """

    path: tuple[str, ...]
    hint: Any

    @property
    def name(self) -> str:
        """Write it as the wire does: `owners[][address][city]`."""
        return self.path[0] + "".join("[]" if n == "[]" else f"[{n}]" for n in self.path[1:])


class Declared(NamedTuple):
    """What one call declares.

    Args:
        method: HTTP's.
        path: With `{}` in the place of ids.
        params: Its class of parameters, a TypedDict; None if it takes none.
    """

    method: str
    path: str
    params: Any


@cache
def calls() -> tuple[Declared, ...]:
    """Return every call of version 1 with what it may say."""
    found = {}
    for _, service in services():
        module = inspect.getmodule(service)
        for verb, function in inspect.getmembers(service, inspect.isfunction):
            match = _REQUEST.search(inspect.getsource(function))
            if match is None or verb.startswith("_") or verb.endswith("_async"):
                continue
            hint = function.__annotations__.get("params")
            params = _resolved(hint, module) if hint else None
            key = (match[1].upper(), re.sub(r"{\w+}", "{}", match[2]))
            found.setdefault(key, Declared(*key, _dict_in(params)))
    return tuple(found[key] for key in sorted(found))


def every(params: Any) -> Iterator[Parameter]:
    """Return what a class of parameters declares, outer ones first."""
    yield from _fields(params, ()) if params is not None else ()


def _fields(params: Any, path: tuple[str, ...]) -> Iterator[Parameter]:
    for name, hint in fields_of(params).items():
        yield from _below(hint, (*path, name))


def _below(hint: Any, path: tuple[str, ...]) -> Iterator[Parameter]:
    yield Parameter(path, hint)
    inner = _dict_in(hint)
    if inner is not None:
        yield from _fields(inner, path)
    for option in options(hint):
        if typing.get_origin(option) is list:
            yield from _below(typing.get_args(option)[0], (*path, "[]"))


def options(hint: Any) -> tuple[Any, ...]:
    """Return what a value may be: the options of a union, or the one that it is."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return tuple(o for option in typing.get_args(hint) for o in options(option))
    return (hint,)


def _dict_in(hint: Any) -> Any:
    return next((option for option in options(hint) if is_typeddict(option)), None)


@cache
def fields_of(params: Any) -> dict[str, Any]:
    """Return a class's own parameters with their annotations, resolved."""
    module = sys.modules[params.__module__]
    own = params.__annotations__
    left_out = _OPTIONS if own.keys() >= _OPTIONS else frozenset()
    return {name: _resolved(hint, module) for name, hint in own.items() if name not in left_out}


def _resolved(hint: Any, module: Any) -> Any:
    it = types.SimpleNamespace(__annotations__={"it": hint})
    return typing.get_type_hints(it, vars(module), Names(module))["it"]
