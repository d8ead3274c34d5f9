"""The pages that say why: one form, numbered without holes, in the index; links that lead on."""

import re

import pytest

from tests.architecture.test_house import ROOT

DECISIONS = sorted((ROOT / "docs/adr").glob("0*.md"))
PAGES = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md")))
    if path.is_file()
]
PARTS = ["Status", "Context", "Decision", "Consequences", "Alternatives", "What enforces it"]


def test_decisions_are_numbered_without_holes():
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name[:4])
def test_every_decision_has_one_form(path):
    text = path.read_text()

    assert re.match(rf"# {path.name[:4]} [A-Z]", text)
    assert re.findall(r"^\*\*([A-Z][a-z ]+)[.:]\*\*", text, re.M) == PARTS
    assert re.search(r"^\*\*Status:\*\* \w+, \d{4}-\d\d-\d\d$", text, re.M)
    assert "\n## " not in text


def test_the_index_names_every_decision_by_its_title():
    index = (ROOT / "docs/adr/README.md").read_text()

    assert re.findall(r"^\| \[(\d{4})\]\((.+)\) \| (.+) \|$", index, re.M) == [
        (path.name[:4], path.name, path.read_text().splitlines()[0].split(" ", 2)[2])
        for path in DECISIONS
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(path):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)\s#]+)", path.read_text())

    assert [link for link in links if not (path.parent / link).exists()] == []
