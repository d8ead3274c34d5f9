"""No decision is made by comparing sentences: words for people may change at any time."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from tests.architecture.source import FILES, nodes, place, tree

SEARCHES = {
    "startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split",
    "find", "index", "count",
}  # fmt: skip
# What others write, and give us no better word for.
FOREIGN = {
    ("config/launcher/postgres.py", "No space left"),  # `initdb`, on its error stream
    (
        "config/settings/database.py",
        "rialto worker",
    ),  # names of processes, as PostgreSQL shows them
    ("config/settings/database.py", "rialto relay"),
}
# Two words, or one that begins or ends like a sentence: not `rejected.`, which begins names.
_PROSE = re.compile(r"[^\W\d_][',;:]? +[^\W\d_]|[A-Z][a-z]+\.$")

Constants = dict[str, ast.expr]


def is_prose(text: str) -> bool:
    return bool(_PROSE.search(text))


def constants(module: ast.Module) -> Constants:
    """What the names of a module's first level stand for."""
    found: Constants = {}
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
    return found


@cache
def everywhere() -> Constants:
    """What other modules import."""
    return {
        name: value
        for path in FILES
        for name, value in constants(tree(path)).items()
        if isinstance(value, ast.Constant) and not name.startswith("_")
    }


def resolved(node: ast.expr, own: Constants) -> ast.expr:
    """What a name stands for; anything else, itself."""
    if isinstance(node, ast.Name):
        return own.get(node.id) or everywhere().get(node.id) or node
    if isinstance(node, ast.Attribute) and ast.unparse(node.value).islower():  # of a module
        return everywhere().get(node.attr) or node
    return node


def texts(node: ast.expr, own: Constants) -> Iterator[str]:
    node = resolved(node, own)
    inner: list[ast.expr | None] = []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        inner += node.elts
    elif isinstance(node, ast.Dict):
        inner += node.keys
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("frozenset", "gettext_lazy"):
        inner += node.args
    for one in filter(None, inner):
        yield from texts(one, own)


def operands(node: ast.AST) -> list[ast.expr]:
    """What an expression compares with, searches for, or looks up in."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in SEARCHES:
            return node.args
        return [node.func.value] if node.func.attr == "get" else []
    if isinstance(node, ast.Subscript | ast.MatchValue):
        return [node.value]
    return []


def compared(module: ast.Module, inside: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    own = constants(module)
    for node in inside:
        for operand in operands(node):
            for text in texts(operand, own):
                yield getattr(node, "lineno", 0), text


@cache
def sentences() -> list[tuple[str, int, str]]:
    """Each place that compares with a sentence: file, line, and what it compares with."""
    return [
        (place(path), line, text)
        for path in FILES
        for line, text in compared(tree(path), nodes(path))
        if is_prose(text)
    ]


def test_no_decision_is_made_by_comparing_sentences():
    found = [
        f"{name}:{line} decides by {text!r}: give it an enum, and people its words in a table."
        for name, line, text in sentences()
        if (name, text) not in FOREIGN
    ]

    assert found == []


def test_every_exception_is_still_one():
    assert {(name, text) for name, _line, text in sentences()} >= FOREIGN


def found_in(code: str) -> list[str]:
    module = ast.parse(code)
    return [text for _line, text in compared(module, ast.walk(module)) if is_prose(text)]


@pytest.mark.parametrize(
    "code",
    [
        'reason.startswith("The last payout failed")',
        'reason == "Nothing."',
        'SHORT = "Too little is there"\nreason.startswith(SHORT)',
        'WORDS = {"Dispute fee": 1}\nWORDS.get(said)',
        'WORDS = {"Dispute fee": 1}\nWORDS[said]',
        'said in ("by hand", "soon")',
        'match said:\n    case "by hand":\n        pass',
    ],
)
def test_a_decision_on_a_sentence_is_found(code):
    assert found_in(code)


@pytest.mark.parametrize(
    "code", ['reason.startswith("rejected.")', 'line.type == "adjustment"', 'text.split(": ")']
)
def test_words_for_machines_are_none(code):
    assert not found_in(code)
