"""Machine: a table of allowed moves. A move that is not in a table never happens."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)


class IllegalMove(AssertionError):
    """A service asked for a move that the table does not have: a bug of ours."""


class Machine(Generic[S]):
    """The states of an object and the moves between them.

    Args:
        name: The object's name, for messages and drawings.
        moves: From each state, the states that may follow. A state without
            followers is final.
    """

    def __init__(self, name: str, moves: Mapping[S, Set[S]]) -> None:
        self.name = name
        self.moves = moves

    def allows(self, old: S, new: S) -> bool:
        """Return whether `new` may follow `old`."""
        return new in self.moves.get(old, frozenset())

    def check(self, old: S, new: S) -> None:
        """Refuse a move that is not in the table.

        Raises:
            IllegalMove: If `new` may not follow `old`.
        """
        if not self.allows(old, new):
            raise IllegalMove(f"{self.name}: {old} may not become {new}.")

    def is_final(self, state: S) -> bool:
        """Return whether nothing can follow."""
        return not self.moves.get(state)
