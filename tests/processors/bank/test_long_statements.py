"""A statement may be as long as it likes: it is read as it comes."""

import time
import tracemalloc
from io import BytesIO

from processors.sepa.formats import camt
from tests.processors.bank.samples import (
    details,
    entry,
    statement,
)


class Endless(BytesIO):
    """A statement that is made while it is read."""

    def __init__(self, entries):
        super().__init__()
        whole, ntry = statement(entry(1), closing=entries), entry(1, details(1)).encode()
        before, _, after = whole.encode().partition(entry(1).encode())
        self.pieces = iter([before, *[ntry] * entries, after])
        self.left = b""

    def read(self, size=-1):
        while len(self.left) < size and (piece := next(self.pieces, None)):
            self.left += piece
        given, self.left = self.left[:size], self.left[size:]
        return given


def peak(entries):
    source = Endless(entries)
    tracemalloc.start()
    try:
        ((_, seen),) = [(page, sum(1 for _ in rows)) for page, rows in camt.read(source)]
        return seen, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_statement():
    few, many = peak(300), peak(1_500)

    assert (few[0], many[0]) == (300, 1_500)
    assert many[1] < few[1] + 35_000  # the pieces to come are pointers
    assert many[1] < 1_000_000


def test_a_long_statement_is_read_in_reasonable_time():
    began = time.perf_counter()

    page, entries = next(camt.read(Endless(5_000)))
    seen = sum(1 for _ in entries)

    assert (page.closing.amount, seen) == (5_000, 5_000)
    assert time.perf_counter() - began < 15  # less than one second on an idle machine
