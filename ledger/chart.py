"""Every kind of ledger account. A code is never renamed, for postings name it for ever."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    """The side on which an account of this kind grows."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Code:
    """A line of the chart.

    Args:
        code: Short and permanent, stored with every ledger account.
        name: How statements and screens call it; `{}` stands for the owner.
        side: Where it grows.
        is_guarded: True if somebody may be refused because of its balance. Such an
            account has a locked balance row and a floor; the others only collect
            postings, so that they are never hot.
    """

    code: str
    name: str
    side: Side
    is_guarded: bool
    meaning: str


PROCESSOR: Final = "processor"
PENDING: Final = "pending"
AVAILABLE: Final = "available"
REFUNDS_IN_TRANSIT: Final = "refunds_in_transit"

CHART: Final = {
    code.code: code
    for code in (
        Code(
            PROCESSOR, "assets:processor:{}", Side.DEBIT, is_guarded=False,
            meaning="What the processor owes us: captured, less its fees and refunds.",
        ),
        Code(
            PENDING, "acct:{}:pending", Side.CREDIT, is_guarded=False,
            meaning="Owed to the owner and not usable yet; made of dated lots.",
        ),
        Code(
            AVAILABLE, "acct:{}:available", Side.CREDIT, is_guarded=True,
            meaning="Owed to the owner and usable; the only bucket that may go below zero.",
        ),
        Code(
            REFUNDS_IN_TRANSIT, "acct:{}:refunds_in_transit", Side.CREDIT, is_guarded=True,
            meaning="Refunds promised to payers that the processor has not confirmed.",
        ),
    )
}  # fmt: skip

# The two buckets that a business sees as its balance.
OWED: Final = (PENDING, AVAILABLE)
