"""Everything is formatted but tables, whose rows stay rows."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if "migrations" not in path.parts
    and not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
]
SKIPPED = [path for path in FILES if "fmt: skip" in path.read_text()]
# What makes a row of a table, or a table of its arguments.
MAKERS = {"Rule", "Table", "_shared", "_exchange", "frozenset", "dict", "tuple"}


def is_table(node: ast.expr | None) -> bool:
    if isinstance(node, ast.BinOp):
        return is_table(node.left) or is_table(node.right)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in MAKERS
    return isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set)


def ends_of_tables(body: list[ast.stmt]) -> Iterator[int]:
    """Lines in which a module's or a class's table ends, or a test's table of examples."""
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_table(node.value):
            yield node.end_lineno or 0
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield from (
                one.end_lineno or 0
                for one in node.decorator_list
                if "parametrize" in ast.unparse(one)
            )
        if isinstance(node, ast.ClassDef):
            yield from ends_of_tables(node.body)


@pytest.mark.parametrize("path", SKIPPED, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_tables_are_not_formatted(path):
    text = path.read_text()
    tables = set(ends_of_tables(ast.parse(text).body))
    comments = [
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and "fmt: skip" in token.string
    ]

    assert [line for line in comments if line not in tables] == []
