"""The files of the house, each read and parsed once for all tests of a worker."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "config", "core", "api", "accounts", "ledger", "webhooks", "processors", "operations",
    "connect", "payments", "checkout", "console",
)  # fmt: skip
FILES = [
    path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]


@cache
def text(path: Path) -> str:
    return path.read_text()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Everything in a file's tree, from the outside in."""
    return list(ast.walk(tree(path)))


def place(path: Path) -> str:
    """Its name as a page would call it."""
    return str(path.relative_to(ROOT))
