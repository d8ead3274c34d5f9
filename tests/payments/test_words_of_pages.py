"""Every word of the pages for payers is there in Thai, and what is committed is compiled."""

import re

from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from config.launcher.home import ROOT
from tests.connect.test_translations import _SIMPLE, _WITH_VALUES, sentence

ROOM = ROOT / "payments"
FOLDER = ROOM / "locale" / "th" / "LC_MESSAGES"


def words():
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="th")


def test_every_sentence_for_payers_is_translated_to_thai():
    pages = [ROOM / "templates" / "payments" / f"{name}.html" for name in ("action", "code")]
    text = "\n".join(page.read_text() for page in pages)
    sentences = {found for found, _ in _SIMPLE.findall(text)}
    sentences |= {sentence(found) for found in _WITH_VALUES.findall(text)}

    known = {message.id: message.string for message in words() if message.id}

    assert known.keys() == sentences
    assert all(known.values())
    for english, thai in known.items():
        assert re.findall(r"%\(\w+\)s", english) == re.findall(r"%\(\w+\)s", thai)


def test_what_is_committed_is_compiled():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = {m.id: m.string for m in read_mo(file) if m.id}

    assert compiled == {m.id: m.string for m in words() if m.id}, "Run `make messages`."
