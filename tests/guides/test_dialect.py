"""Samples speak one dialect, and each page defines what its samples use."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if "reference" not in page.parts),
]
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# Use → what stands on the page before it.
_DEFINED = {
    r"\bclient\.\w+\.": r"^client = stripe\.StripeClient\($|^client = stripe\.StripeClient\(\"sk_",
    r"^await stripe\.|= await stripe\.": r"^const stripe = new Stripe\(",
    r"\bask \w": r"^ask\(\) \{ curl .*\$RIALTO_KEY.*\$RIALTO_URL",
}
_OTHER_DIALECTS = {
    "(params=": "give the parameters as the first argument",
    ").v1": "write client.v1 in each call",
    "$API": "write `ask path`",
    "$SECRET_KEY": "write `ask path`",
    "-u sk_test_…": "write `ask path`",
}


def blocks(page: Path) -> list[str]:
    return [body for _, _, body in _BLOCK.findall(page.read_text())]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_samples_speak_one_dialect(page):
    text = "\n".join(blocks(page))

    assert {word: why for word, why in _OTHER_DIALECTS.items() if word in text} == {}
    ours = r"v1\.|v2\.|raw_request\(|construct_event\(|parse_event_notification\("
    assert re.findall(rf"\bclient\.(?!{ours})\w+", text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_defines_what_its_samples_use(page):
    text = "\n".join(blocks(page))

    for use, definition in _DEFINED.items():
        if first := re.search(use, text, re.MULTILINE):
            found = re.search(definition, text, re.MULTILINE)
            assert found, f"{first.group()} is defined nowhere"
            assert found.start() < first.start(), f"{first.group()} stands before its definition"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_that_reads_a_variable_says_where_it_comes_from(page):
    text = page.read_text()

    for name in ("RIALTO_URL", "RIALTO_KEY", "RIALTO_HOME"):
        if any(re.search(rf"\b{name}\b", body) for body in blocks(page)):
            assert f"`{name}`" in _BLOCK.sub("", text), name


@pytest.mark.parametrize("name", ["split-your-first-payment", "run-a-marketplace"])
def test_a_tutorial_looks_where_rialto_keeps_its_things(name):
    text = (ROOT / "docs" / "tutorials" / f"{name}.md").read_text()

    assert ".rialto/" not in text
    assert 'os.environ.get("RIALTO_HOME", ".rialto")' in text
