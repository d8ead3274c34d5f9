"""Names of modules and classes are words of the glossary, and none that it refuses."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source import FILES, ROOT, nodes

GLOSSARY = (ROOT / "docs/reference/glossary.md").read_text()
WORDS, REFUSED = GLOSSARY.split("\n## Words that are not used\n")


def _first_column(text: str) -> list[str]:
    cells = re.findall(r"^\| ([^|]+?) \|", text, re.M)
    return [cell for cell in cells if cell not in ("Word", "Not")]


@cache
def _not_used() -> set[str]:
    return {word for cell in _first_column(REFUSED) for word in cell.split(", ")}


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


@cache
def _names(path: Path) -> list[str]:
    module = path.parent.name if path.stem == "__init__" else path.stem
    classes = [
        node.name
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    return [module, *classes]


def test_the_table_of_refused_words_is_read():
    assert {"movement", "judging", "spreading", "desk", "sides"} <= _not_used()


@pytest.mark.parametrize(
    ("name", "words"),
    [("account_desk", {"account", "desk"}), ("UnitOfWork", {"unit", "of", "work"})],
)
def test_a_name_is_read_word_by_word(name, words):
    assert _words(name) == words


def test_no_module_or_class_is_named_by_a_word_that_the_glossary_refuses():
    wrong = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in FILES
        for name in _names(path)
        if _words(name) & _not_used()
    }

    assert wrong == set()


def test_each_word_stands_in_the_glossary_once():
    words = [word for cell in _first_column(WORDS) for word in re.split(r", | / ", cell)]

    assert sorted(words) == sorted(set(words))


def test_what_the_rooms_are_made_of_is_in_the_glossary():
    words = " ".join(_first_column(WORDS)).lower()
    made_of = {
        "unit_of_work",
        "recovery",
        "polling",
        "gateway",
        "requirements",
        "shared_lots",
        "allocations",
        "liquidity",
        "corrections",
        "conversions",
        "split_refunds",
        "destination_refunds",
        "failed_refunds",
        "captured_funds",
        "charge_eligibility",
        "reviews",
        "blocks",
        "interventions",
        "bank_files",
        "account_numbers",
        "identity_numbers",
        "confirmation",
        "fee_schedules",
        "unresolved_requests",
        "delayed_outcomes",
        "manual_retry",
        "splits",
        "refunds",
        "disputes",
        "transfers",
    }
    modules = {name for path in FILES for name in _names(path)[:1]}

    assert made_of <= modules
    assert [name for name in made_of if name.replace("_", " ").rstrip("s") not in words] == []
