"""What the pages and the code name is there: paths, modules and numbers of ledger rules."""

import re
from pathlib import Path

import pytest

from config.celery import app
from ledger import rules
from tests.architecture.test_decisions import PAGES
from tests.architecture.test_house import FILES, ROOMS, ROOT

ROOM = "|".join((*ROOMS, "tests", "docs"))
# Its figures are called as modules are.
NO_MODULES = {"bench.md"}


def _named(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    return [word.split("(")[0].rstrip("/") for word in re.findall(r"`([^`\n]+)`", text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_a_page_names_is_there(page):
    paths = [word for word in _named(page) if re.fullmatch(rf"({ROOM})/[\w./-]+", word)]

    assert [path for path in paths if not (ROOT / path).exists()] == []


def _is_there(dotted: str) -> bool:
    place, *rest = dotted.split(".")
    path = ROOT / place
    while rest and (path / rest[0]).is_dir():
        path /= rest.pop(0)
    if rest and (path / f"{rest[0]}.py").exists():
        source = path / f"{rest.pop(0)}.py"
    else:
        source = path / "__init__.py"
    text = source.read_text() if source.exists() else ""
    return all(re.search(rf"\b{name}\b", text) for name in rest)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_or_task_that_a_page_names_is_there(page):
    app.loader.import_default_modules()
    named = [word for word in _named(page) if re.fullmatch(rf"({ROOM})(\.\w+)+", word)]
    unknown = [word for word in named if word not in app.tasks and not _is_there(word)]

    assert unknown == [] or page.name in NO_MODULES


def _cited(text: str) -> set[str]:
    number = r"\d+[a-z]?"
    runs = re.findall(rf"\b[Rr]ules? ({number}(?:(?:, | and | or | to ){number})*)\b", text)
    return {cited for run in runs for cited in re.findall(number, run)}


def test_every_rule_that_code_or_a_page_cites_by_number_is_in_the_reference():
    numbers = {rule.number for rule in rules.RULES}
    tests = (path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    missing = {
        f"{path.relative_to(ROOT)}: {cited}"
        for path in (*FILES, *tests, *PAGES)
        for cited in _cited(path.read_text()) - numbers
    }

    assert missing == set()
    reference = (ROOT / "docs/reference/ledger.md").read_text()
    assert all(f"\n| {number} |" in reference for number in numbers)
