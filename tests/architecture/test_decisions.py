"""The pages that say why: one form, numbered without holes, in the index; links that lead on."""

import re

from tests.architecture.source import ROOT, place, text

DECISIONS = sorted((ROOT / "docs/adr").glob("0*.md"))
PAGES = [
    path
    for path in (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))
    if path.is_file()
]
PARTS = ["Status", "Context", "Decision", "Consequences", "Alternatives", "What enforces it"]


def test_decisions_are_numbered_without_holes():
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))


def _has_the_form(number: str, page: str) -> bool:
    return bool(
        re.match(rf"# {number} [A-Z]", page)
        and re.findall(r"^\*\*([A-Z][a-z ]+)[.:]\*\*", page, re.M) == PARTS
        and re.search(r"^\*\*Status:\*\* \w+, \d{4}-\d\d-\d\d$", page, re.M)
        and "\n## " not in page
    )


def test_every_decision_has_one_form():
    assert [path.name for path in DECISIONS if not _has_the_form(path.name[:4], text(path))] == []


def test_the_index_names_every_decision_by_its_title():
    index = (ROOT / "docs/adr/README.md").read_text()

    assert re.findall(r"^\| \[(\d{4})\]\((.+)\) \| (.+) \|$", index, re.M) == [
        (path.name[:4], path.name, path.read_text().splitlines()[0].split(" ", 2)[2])
        for path in DECISIONS
    ]


def test_links_between_pages_lead_somewhere():
    lost = [
        f"{place(path)}: {link}"
        for path in PAGES
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s#]+)", text(path))
        if not (path.parent / link).exists()
    ]

    assert lost == []
