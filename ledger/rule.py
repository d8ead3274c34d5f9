"""What a rule of the ledger is, and what those have in common that are alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.chart import FX_POSITION, OWED


@dataclass(frozen=True, slots=True)
class Rule:
    """A named movement.

    Args:
        kind: What entries of this rule are called, for ever.
        number: Its row in the table of money flows.
        debits: Codes that it may take the amount from (or, for an asset, add to).
        credits: Codes that it may give the amount to.
        may_overdraw: True if it may leave the available bucket below zero, down to the
            owner's negative limit.
        is_fact: True if it tells of what has happened outside. That is booked whatever the
            negative limit says: to refuse it would not undo it.
        moves_between_locations: True if its owners may be held at different places.
        meaning: One sentence for people.
    """

    kind: str
    number: str
    debits: Sequence[str]
    credits: Sequence[str]
    meaning: str
    may_overdraw: bool = False
    is_fact: bool = False
    moves_between_locations: bool = False


def shared_rule(kind: str, number: str, meaning: str) -> Rule:
    """Make a rule of what happens between a platform and its seller whatever they owe."""
    flags = {"may_overdraw": True, "is_fact": True, "moves_between_locations": True}
    return Rule(kind, number, OWED, OWED, meaning, **flags)


def exchange(kind: str, number: str, meaning: str, *, is_fact: bool = False) -> Rule:
    """Make a rule that gives another currency than it takes; a fact may overdraw."""
    sides = (*OWED, FX_POSITION)
    return Rule(kind, number, sides, sides, meaning, may_overdraw=is_fact, is_fact=is_fact)
