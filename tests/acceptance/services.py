"""The service classes of the official package, read as a list of endpoints."""

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Endpoint(NamedTuple):
    """What one method of a service calls.

    Args:
        method: HTTP's.
        path: With names in braces, such as `/v1/charges/{charge}`.
        action: The method's name, such as `retrieve`.
    """

    method: str
    path: str
    action: str


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return every endpoint of version 1 that the package can call."""
    spec = importlib.util.find_spec("stripe")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    files = sorted(folder.rglob("*_service.py"))
    found = {
        endpoint
        for file in files
        for endpoint in _calls(ast.parse(file.read_text()))
        if endpoint.path.startswith("/v1/")
    }
    return tuple(sorted(found, key=lambda endpoint: (endpoint.path, endpoint.method)))


def _calls(tree: ast.AST) -> Iterator[Endpoint]:
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "_request":
                method, path = call.args[:2]
                # The package spells a path with names in it as a text that is formatted.
                if isinstance(path, ast.Call) and isinstance(path.func, ast.Attribute):
                    path = path.func.value
                assert isinstance(method, ast.Constant)
                assert isinstance(path, ast.Constant)
                yield Endpoint(str(method.value).upper(), str(path.value), function.name)
