"""What a check is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A statement about the books, and the query that finds where it is false.

    Args:
        name: Its name in reports.
        claim: The statement, for people.
        query: Selects an id and a detail for each place where the claim is false.
    """

    name: str
    claim: str
    query: str
