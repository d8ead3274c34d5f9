"""What the import of a file from a bank has changed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from processors.models import BankFile

_MOST_PROBLEMS: Final = 20


@dataclass(slots=True)
class ImportResult:
    """The changes that a file from a bank made.

    Args:
        file: As it is kept.
        keys: The keys of the payments that are in another state now.
        matched: How many lines of statements were understood.
        unmatched: How many somebody must look at.
        known: How many had been told before.
        problems: What contradicts what we know, in words.
    """

    file: BankFile
    keys: list[str] = field(default_factory=list)
    matched: int = 0
    unmatched: int = 0
    known: int = 0
    problems: list[str] = field(default_factory=list)
    # How often each key occurred on the page that is being read.
    occurrences: Counter[str] = field(default_factory=Counter)

    def summary(self) -> str:
        """Write the result for operators."""
        count = len(self.keys)
        parts = [f"{count} payment{'' if count == 1 else 's'} changed"]
        if self.matched or self.unmatched or self.known:
            parts.append(
                f"{self.matched} lines matched, {self.unmatched} to look at, {self.known} known"
            )
        more = len(self.problems) - _MOST_PROBLEMS
        last = [f"and {more} more like these"] if more > 0 else []
        return "; ".join([*parts, *self.problems[:_MOST_PROBLEMS], *last])
