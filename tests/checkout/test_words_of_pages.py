"""Every word for payers on pages of sessions is there in Thai, and what is there is compiled."""

import re

from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from config.launcher.home import ROOT
from tests.connect.test_translations import _SIMPLE, _WITH_VALUES, sentence

ROOM = ROOT / "checkout"
FOLDER = ROOM / "locale" / "th" / "LC_MESSAGES"


def words():
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="th")


def test_every_sentence_for_payers_is_translated_to_thai():
    pages = (ROOM / "templates" / "checkout").glob("*.html")
    text = "\n".join(page.read_text() for page in pages)
    sentences = {found for found, _ in _SIMPLE.findall(text)}
    sentences |= {sentence(found) for found in _WITH_VALUES.findall(text)}
    labels = "\n".join(module.read_text() for module in (ROOM / "hosted").glob("*.py"))
    sentences |= set(re.findall(r'_\("([^"]+)"\)', labels))

    known = {message.id: message.string for message in words() if message.id}

    assert known.keys() == sentences
    assert all(known.values())
    for english, thai in known.items():
        assert re.findall(r"%\(\w+\)s", english) == re.findall(r"%\(\w+\)s", thai)


def test_what_is_committed_is_compiled():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = {m.id: m.string for m in read_mo(file) if m.id}

    assert compiled == {m.id: m.string for m in words() if m.id}, "Run `make messages`."
