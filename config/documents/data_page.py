"""What the page of data classes says."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from config.privacy.classes import Erasure, Holds, Table
from config.privacy.register import TABLES

NOTES: Final = (
    "What every column of every table holds, whom it is about, how long its rows are kept, and",
    "what erasing that person does to it. That is said for a",
    "[customer who was deleted](../how-to/erase-a-customer.md); of payers without a customer, what",
    "the merchant wrote (`description`, `metadata`) stays. A person's data is never in the books:",
    "the `description` of a balance transaction is what the merchant wrote, and stays sealed",
    "there.",
    "`metadata` counts as personal everywhere, for nobody knows what is written there.",
)
MEANINGS: Final = {
    Holds.PUBLIC: "Anybody may see it: what a shop shows.",
    Holds.INTERNAL: "Ids, states, moments and settings, which name nobody by themselves.",
    Holds.FINANCIAL: "Amounts, currencies and rates.",
    Holds.PERSONAL: "Says who somebody is, or what was written of them.",
    Holds.SENSITIVE: "Numbers of people, companies and bank accounts, and papers.",
    Holds.CARD: "What is left of a card: brand, last four digits, expiry, keyed fingerprint.",
    Holds.SECRET: "Opens something: encrypted, hashed, or short-lived.",
}
_Rows = tuple[tuple[str, ...], Iterable[tuple[str, ...]]]


def meanings() -> _Rows:
    """Return the table of classes, with how many columns each has."""
    counts = Counter(group.holds for table in TABLES.values() for _, group in table.columns())
    rows = [(f"{one}", str(counts[one]), told) for one, told in MEANINGS.items()]
    return ("Class", "Columns", "What"), rows


def tables() -> Iterator[tuple[str, _Rows]]:
    """Yield each table's heading, and the table of its columns."""
    for name, one in sorted(TABLES.items()):
        yield f"{name}: of {one.whose}, kept {one.kept}", _columns(one)


def _columns(one: Table) -> _Rows:
    rows = [
        (f"{group.holds}", _effect(group.erasure), ", ".join(f"`{name}`" for name in group.names))
        for group in one.groups
    ]
    return ("Class", "Erasing", "Columns"), rows


def _effect(erasure: Erasure) -> str:
    return "" if erasure is Erasure.NONE else erasure.value
