"""Names say what things are."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import FILES, ROOT, nodes, place, text

TESTS = sorted((ROOT / "tests").rglob("*.py"))
# A word for whatever somebody sends or answers: parameters, a payload, a message.
REFUSED = re.compile(r"(^|_)said($|_)", re.IGNORECASE)


def identifiers(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.keyword(arg=str(name)) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.alias(name=name, asname=other):
            yield from (name.rpartition(".")[2], other or "")


def refused(path) -> set[str]:
    if "said" not in text(path).lower():
        return set()
    return {name for node in nodes(path) for name in identifiers(node) if REFUSED.search(name)}


@pytest.mark.parametrize(
    "code", ["said = 1", "f(said=1)", "def is_said_once(): ...", "f'{x.said}'"]
)
def test_a_refused_name_is_found(code):
    found = {name for node in ast.walk(ast.parse(code)) for name in identifiers(node)}

    assert any(REFUSED.search(name) for name in found)


def test_no_name_has_the_word_that_may_mean_anything():
    assert {place(path): found for path in [*FILES, *TESTS] if (found := refused(path))} == {}
