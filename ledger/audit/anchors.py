"""Heads of seals, kept in a file outside of the database.

Who owns the tables can make every seal again over other entries. The heads that were written
down here before are then no seals any more, and the check of the seals finds that.
"""

import os
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from ledger.audit import seals


class Anchor(NamedTuple):
    """A seal's head as it was written down.

    Args:
        number: The seal's number.
        head: The head, in hexadecimal.
    """

    number: int
    head: str


class UnreadableAnchors(RuntimeError):
    """The file of heads is not as it was written."""


def write_heads() -> int:
    """Write down the heads of the seals that were made since the last time.

    Returns:
        How many there were. A new file begins with the last seal, which vouches for all before.
    """
    file = Path(settings.SEAL_HEADS_FILE)
    last = deque(_read(file) if file.exists() else (), maxlen=1)
    new = list(seals.heads(after=last[0].number if last else None))
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as output:
            output.writelines(f"{number} {head}\n" for number, head in new)
            output.flush()
            os.fsync(output.fileno())
    return len(new)


def read_all() -> list[Anchor]:
    """Return what was written down; an empty list before the first time.

    Raises:
        UnreadableAnchors: If a line is none of ours, or they are not in order.
    """
    file = Path(settings.SEAL_HEADS_FILE)
    return read(file) if file.exists() else []


def read(file: Path) -> list[Anchor]:
    """Return the heads in a file: lines of a number and a head, in the order of the seals.

    Raises:
        OSError: If it is not there, or nobody may read it.
        UnreadableAnchors: If a line is none of ours, or they are not in order.
    """
    found = list(_read(file))
    if any(second.number <= first.number for first, second in pairwise(found)):
        raise UnreadableAnchors("its lines are not in the order of the seals")
    return found


def _read(file: Path) -> Iterator[Anchor]:
    with file.open() as lines:
        for line in lines:
            if not line.strip():
                continue
            number, _, head = line.strip().partition(" ")
            if not number.isdigit() or len(head) != 64 or set(head) - set("0123456789abcdef"):
                raise UnreadableAnchors(f"`{line.strip()[:80]}` is no head of a seal")
            yield Anchor(int(number), head)
