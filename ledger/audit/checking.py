"""What a check is."""

from dataclasses import dataclass
from typing import Final

# What checks of other rooms read, so that they need not know the ledger's tables. What locations
# owe each other goes with the legs of a movement, and is nobody's money.
ENTRIES: Final = '(SELECT id, source, kind, "group" FROM ledger_journalentry)'
LEGS: Final = """(
    SELECT e.source, e.kind, e."group", p.amount, a.code, a.owner, a.currency
    FROM ledger_journalentry e
    JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_ledgeraccount a ON a.id = p.account_id AND a.code <> 'between_locations'
)"""
LINES: Final = """(
    SELECT id, account_id, livemode, type, net, created_at FROM ledger_balancetransaction
)"""


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
