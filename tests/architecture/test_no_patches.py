"""Tests go through what is public: a rail is registered, a limit is a setting, nothing is patched.

What others wrote may be patched where it has no such place.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOMS, ROOT, place

TESTS = sorted((ROOT / "tests").rglob("*.py"))
PATCHES = {"setattr", "delattr", "setitem", "delitem", "patch", "object", "dict", "multiple"}
PATCHERS = {"monkeypatch", "patch", "mock", "mocker"}


def imported(module: ast.Module) -> dict[str, str]:
    """The dotted names that a module's own names stand for."""
    found = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {(row.asname or row.name).split(".")[0]: row.name for row in node.names}
        elif isinstance(node, ast.ImportFrom):
            for row in node.names:
                found[row.asname or row.name] = f"{node.module}.{row.name}"
    return found


def patched(inside: Iterable[ast.AST]) -> Iterator[tuple[int, ast.expr]]:
    """What is given to a patcher as what to change."""
    for node in inside:
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = ast.unparse(node.func)
        first, _, last = name.rpartition(".")
        if name == "patch" or (last in PATCHES and first.split(".")[-1] in PATCHERS):
            yield node.lineno, node.args[0]


def names(target: ast.expr, stands_for: dict[str, str]) -> Iterator[str]:
    """The dotted names in a target: `rail.Simulator`, `type(registry.get("simulator"))`."""
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        yield target.value
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield stands_for.get(node.id, "")


def ours(code: str) -> list[str]:
    """The patches of our own modules that a test's code makes."""
    module = ast.parse(code)
    stands_for = imported(module)
    return [
        f"{line}: {ast.unparse(target)}"
        for line, target in patched(ast.walk(module))
        if any(name.split(".")[0] in ROOMS for name in names(target, stands_for))
    ]


def found_in(path: Path) -> list[str]:
    return [f"{place(path)}:{patch}" for patch in ours(path.read_text())]


def test_no_test_patches_code_of_ours():
    assert [patch for path in TESTS for patch in found_in(path)] == []


@pytest.mark.parametrize(
    "code",
    [
        'monkeypatch.setattr("processors.gateway.find", None)',
        "from processors import gateway\nmonkeypatch.setattr(gateway, 'find', None)",
        "from core.database import time_limits as limits\npatch.setitem(limits.ALL, 'a', 1)",
        "from processors import registry\nmonkeypatch.setattr(type(registry.get('x')), 'a', 1)",
        "from unittest import mock\nmock.patch('api.request_log.flush')",
        "from unittest.mock import patch\nfrom payments import models\npatch.object(models, 'a')",
    ],
)
def test_a_patch_of_ours_is_found(code):
    assert len(ours(code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "import shutil\nmonkeypatch.setattr(shutil, 'disk_usage', None)",
        "monkeypatch.setenv('RIALTO_HOME', 'x')",
        "from processors import registry\nregistry.register('simulator', None)",
    ],
)
def test_what_others_wrote_is_none_of_ours(code):
    assert ours(code) == []
