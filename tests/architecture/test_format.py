"""Everything is formatted but tables, whose rows stay rows."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, place, text, tree

# Without the environment, which is larger than the house.
FILES = [
    path
    for top in sorted(ROOT.iterdir())
    if not top.name.startswith(".")
    for path in sorted([top] if top.is_file() else top.rglob("*.py"))
    if path.suffix == ".py" and "migrations" not in path.parts
]
SKIPPED = [path for path in FILES if "fmt: skip" in text(path)]
# What makes a row of a table, or a table of its arguments.
MAKERS = {"Rule", "Table", "shared_rule", "exchange", "frozenset", "dict", "tuple"}


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


def unformatted(path: Path) -> list[int]:
    """Lines whose comment keeps the formatter away."""
    return [
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(text(path)).readline)
        if token.type == tokenize.COMMENT and "fmt: skip" in token.string
    ]


def test_only_tables_are_not_formatted():
    found = [
        f"{place(path)}:{line}"
        for path in SKIPPED
        for line in set(unformatted(path)) - set(ends_of_tables(tree(path).body))
    ]

    assert found == []
