"""How a room tells what has happened to one business object."""

from dataclasses import dataclass
from datetime import datetime

from core.money import Money


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened.

    Args:
        at: When.
        kind: What it is, such as `"refund"`.
        id: The object that tells all of it.
        status: The state of that object; empty if it has none.
        money: How much it was about.
        note: A code or a word that says more, such as why a card was declined.
        party: The account on the other side, `acct_...`.
    """

    at: datetime
    kind: str
    id: str
    status: str = ""
    money: Money | None = None
    note: str = ""
    party: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What happened of one kind, the newest first.

    Args:
        kind: The kind.
        ids: The objects that are told of.
        steps: Their steps; one object may have several.
        more: How many objects are not told of.
    """

    kind: str
    ids: list[str]
    steps: list[Step]
    more: int = 0
