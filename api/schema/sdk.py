"""The calls of the official package: what each is named and what it returns.

The package's service classes are the list of what the wire has. They are generated, so that
their text can be read: each method sends one request to one URL.
"""

import ast
import importlib
import inspect
import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from core.types import Fields, JsonObject

_REQUEST: Final = re.compile(r'_request\(\s*"(get|post|delete)",\s*"(/v[^"]*)"')
_PLACE: Final = re.compile(r"{\w+}")


@dataclass(frozen=True, slots=True)
class Call:
    """One method of the package.

    Args:
        name: The name, below `client.v1` or `client.v2`, such as `"payment_intents.confirm"`.
        returns: The annotation of what it returns, resolved.
        dialect: Below which of the two: `"v1"` or `"v2"`.
    """

    name: str
    returns: object
    dialect: str = "v1"


def call(method: str, path: str) -> Call | None:
    """Return the package's call of a URL, whatever the names of the ids in it are."""
    return calls().get((method.upper(), _PLACE.sub("{}", path)))


@cache
def calls() -> Mapping[tuple[str, str], Call]:
    """Return all of the package's calls by method and URL, without the names of ids."""
    found: dict[tuple[str, str], Call] = {}
    for where, service in (*services(), *services("stripe._v2_services", "V2Services")):
        names = Names(inspect.getmodule(service))
        for verb, function in inspect.getmembers(service, inspect.isfunction):
            match = _REQUEST.search(inspect.getsource(function))
            if match is None or verb.startswith("_") or verb.endswith("_async"):
                continue
            returns = typing.get_type_hints(
                types.SimpleNamespace(__annotations__={"it": function.__annotations__["return"]}),
                vars(inspect.getmodule(service)),
                names,
            )["it"]
            key = (match[1].upper(), _PLACE.sub("{}", match[2]))
            dialect = match[2].split("/")[1]
            found.setdefault(key, Call(".".join((*where, verb)), returns, dialect))
    return found


def services(
    module: str = "stripe._v1_services", name: str = "V1Services", where: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], type]]:
    """Return the package's service classes, each with the names that lead to it."""
    home = importlib.import_module(module)
    yield where, getattr(home, name)
    for below, (module_below, name_below) in getattr(home, "_subservices", {}).items():
        yield from services(module_below, name_below, (*where, below))


class Names(JsonObject):
    """The names that a module imports only for type checkers, imported when asked for.

    What can't be found reads as anything: it belongs to another product.
    """

    def __init__(self, module: types.ModuleType | None, known: Fields | None = None) -> None:
        super().__init__(known or {})
        self._imports = _late_imports(module)

    def __missing__(self, name: str) -> object:
        home, real = self._imports[name]
        self[name] = found = getattr(importlib.import_module(home), real)
        return found


@cache
def _late_imports(module: types.ModuleType | None) -> Mapping[str, tuple[str, str]]:
    assert module is not None
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for block in ast.parse(inspect.getsource(module)).body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
