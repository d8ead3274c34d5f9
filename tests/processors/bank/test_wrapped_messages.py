"""Several messages of a bank in one file are read one after the other."""

import pytest

from processors.sepa.formats.reading import BadFile
from tests.processors.bank.camt_entries import read
from tests.processors.bank.samples import (
    entry,
    notification,
    statement,
)


def wrapped(*pages):
    header = '<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><Id>7</Id></AppHdr>'
    bare = [page.partition("?>")[2] for page in pages]
    return f"<Envelope><Header/>{header}{''.join(bare)}</Envelope>"


def test_messages_in_a_wrapper_are_read_one_after_the_other():
    pages = [statement(entry(n), closing=n, id=f"S-{n}") for n in (1, 2)]

    assert [page.id for page, _ in read(wrapped(*pages))] == ["S-1", "S-2"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (wrapped(statement(), notification()), "One file holds camt.053.001.08 and camt.054"),
        ("<Envelope/>", "no statement"),
        ("<Envelope><Note><Document/></Note></Envelope>", "Not a message"),
        (f"<Header>{statement().partition('?>')[2]}</Header>", "Not a message"),
    ],
)
def test_what_is_in_a_wrapper_must_be_messages_of_one_kind(file, words):
    with pytest.raises(BadFile, match=words):
        read(file)
