"""Statements in whatever form a bank gives them."""

from collections.abc import Iterator
from typing import BinaryIO

from processors.sepa.formats import camt
from processors.sepa.formats.camt import Entry, Statement
from processors.sepa.formats.mt94x import reader


def read(source: BinaryIO) -> Iterator[tuple[Statement, Iterator[Entry]]]:
    """Yield each statement of a file with its entries: camt as XML, MT940 and MT942 as lines.

    Args:
        source: Opened for reading bytes, at its beginning; it can be read again from there.

    Raises:
        BadFile: If the file is none of them, is broken off or hostile, or contradicts itself.
    """
    yield from reader.read(source) if reader.is_mt94x(source) else camt.read(source)
