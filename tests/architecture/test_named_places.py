"""What the pages and the code name is there: paths, modules and numbers of ledger rules."""

import re
from functools import cache
from pathlib import Path

from config.celery import app
from ledger import rules
from tests.architecture.source import FILES, ROOMS, ROOT, place, text
from tests.architecture.test_decisions import PAGES
from webhooks.catalog import EVENT_TYPES

ROOM = "|".join((*ROOMS, "tests", "docs"))
# Its figures are called as modules are.
NO_MODULES = {"bench.md"}


@cache
def _named(page: Path) -> list[str]:
    prose = re.sub(r"```.*?```", "", text(page), flags=re.S)
    return [word.split("(")[0].rstrip("/") for word in re.findall(r"`([^`\n]+)`", prose)]


def test_every_path_that_a_page_names_is_there():
    missing = [
        f"{place(page)}: {word}"
        for page in PAGES
        for word in _named(page)
        if re.fullmatch(rf"({ROOM})/[\w./-]+", word) and not (ROOT / word).exists()
    ]

    assert missing == []


@cache
def _is_there(dotted: str) -> bool:
    room, *rest = dotted.split(".")
    path = ROOT / room
    while rest and (path / rest[0]).is_dir():
        path /= rest.pop(0)
    if rest and (path / f"{rest[0]}.py").exists():
        source = path / f"{rest.pop(0)}.py"
    else:
        source = path / "__init__.py"
    code = text(source) if source.exists() else ""
    return all(re.search(rf"\b{name}\b", code) for name in rest)


def test_every_module_or_task_that_a_page_names_is_there():
    app.loader.import_default_modules()
    unknown = [
        f"{place(page)}: {word}"
        for page in PAGES
        if page.name not in NO_MODULES
        for word in _named(page)
        if re.fullmatch(rf"({ROOM})(\.\w+)+", word)
        and word not in app.tasks
        # Events of sessions begin as the room's modules do.
        and word not in EVENT_TYPES
        and not _is_there(word)
    ]

    assert unknown == []


def _cited(content: str) -> set[str]:
    number = r"\d+[a-z]?"
    runs = re.findall(rf"\b[Rr]ules? ({number}(?:(?:, | and | or | to ){number})*)\b", content)
    return {cited for run in runs for cited in re.findall(number, run)}


def test_every_rule_that_code_or_a_page_cites_by_number_is_in_the_reference():
    numbers = {rule.number for rule in rules.RULES}
    tests = (path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    missing = {
        f"{place(path)}: {cited}"
        for path in (*FILES, *tests, *PAGES)
        for cited in _cited(text(path)) - numbers
    }

    assert missing == set()
    reference = (ROOT / "docs/reference/ledger.md").read_text()
    assert all(f"\n| {number} |" in reference for number in numbers)
