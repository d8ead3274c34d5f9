"""Every word of the pages for sellers is there in Thai, and what is committed is compiled."""

import ast
import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from config.launcher.home import ROOT

ROOM = ROOT / "connect"
FOLDER = ROOM / "locale" / "th" / "LC_MESSAGES"
_CALLS = ("_", "gettext", "gettext_lazy")
# What operators read in another sense has a context.
_OF_SELLERS = "seller"
_SIMPLE = re.compile(r'{% translate "([^"]*)"(?: context "(\w+)")? %}')
_WITH_VALUES = re.compile(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.DOTALL)


def catalog() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="th")


def sentence(found: str) -> str:
    """Spell what stands in a template as the catalogue does."""
    return re.sub(r"{{ (\w+) }}", r"%(\1)s", re.sub(r"\s+", " ", found).strip())


def sentences() -> Iterator[tuple[str, str | None]]:
    # What operators read is in the console's catalogue.
    for path in set((ROOM / "hosted").rglob("*.py")) - set(ROOM.rglob("operator_pages/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if called in _CALLS:
                yield ast.literal_eval(node.args[0]), None
            elif called == "pgettext_lazy":
                yield ast.literal_eval(node.args[1]), _OF_SELLERS
    for path in (ROOM / "templates" / "connect" / "seller").glob("*.html"):
        text = path.read_text()
        for found, context in _SIMPLE.findall(text):
            yield found, context or None
        for found in _WITH_VALUES.findall(text):
            yield sentence(found), None


def test_every_sentence_is_translated_to_thai():
    words = catalog()

    current = set(sentences())

    assert len(current) > 100
    known = {(message.id, message.context): message.string for message in words if message.id}
    assert {one for one in current if not known.get(one)} == set()
    assert set(known) - current == set()


def test_a_translation_names_the_same_values():
    for message in catalog():
        names = re.findall(r"%\(\w+\)s", str(message.id))
        assert sorted(names) == sorted(re.findall(r"%\(\w+\)s", str(message.string))), message.id


def test_what_is_committed_is_compiled():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = read_mo(file)

    # Compiled, a context is bytes.
    assert {
        (m.id, m.context.decode() if m.context else None): m.string for m in compiled if m.id
    } == {(m.id, m.context): m.string for m in catalog() if m.id}, "Run `make messages`."
