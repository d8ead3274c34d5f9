"""Reading a statement whole, for tests of what stands in it."""

from processors.sepa.formats import camt
from tests.processors.bank.samples import (
    open_file,
)


def read(text):
    return [(page, list(entries)) for page, entries in camt.read(open_file(text))]


def entries_of(text):
    ((_, entries),) = read(text)
    return entries
