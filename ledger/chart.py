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
SETTLEMENT_IN_TRANSIT: Final = "settlement_in_transit"
BANK: Final = "bank"
COLLECTIONS_IN_TRANSIT: Final = "collections_in_transit"
RECEIVABLE: Final = "receivable"
PENDING: Final = "pending"
AVAILABLE: Final = "available"
RESERVED: Final = "reserved"
FROZEN: Final = "frozen"
PAYOUTS_IN_TRANSIT: Final = "payouts_in_transit"
REFUNDS_IN_TRANSIT: Final = "refunds_in_transit"
CONNECT_RESERVE: Final = "connect_reserve"
GROUP_HELD: Final = "group_held"
CUSTOMER_BALANCE: Final = "customer_balance"
SUSPENSE: Final = "suspense"
TAX: Final = "tax"
ACCRUED_FEES: Final = "accrued_fees"
UNCLAIMED: Final = "unclaimed"
FX_POSITION: Final = "fx_position"
BETWEEN_LOCATIONS: Final = "between_locations"

_LINES: Final = (
    (PROCESSOR, "assets:processor:{}", "debit", "open",
     "What the processor owes us: captured, less its fees and refunds."),
    (SETTLEMENT_IN_TRANSIT, "assets:settlement_in_transit:{}", "debit", "open",
     "Sent by the processor to a bank, and not on a bank statement yet."),
    (BANK, "assets:bank:{}", "debit", "open", "What a bank statement says is there."),
    (COLLECTIONS_IN_TRANSIT, "assets:collections_in_transit:{}", "debit", "open",
     "Direct debits and top-ups that were asked for and have not come."),
    (RECEIVABLE, "assets:receivable:{}", "debit", "open",
     "A negative balance that was turned into a claim against its owner."),
    (PENDING, "acct:{}:pending", "credit", "open",
     "Owed to the owner and not usable yet; made of dated lots."),
    (AVAILABLE, "acct:{}:available", "credit", "guarded",
     "Owed to the owner and usable; the only bucket that may go below zero."),
    (RESERVED, "acct:{}:reserved", "credit", "guarded",
     "Held back by a reserve plan or by hand."),
    (FROZEN, "acct:{}:frozen", "credit", "guarded",
     "Frozen for an open dispute, a review or an order of a court."),
    (PAYOUTS_IN_TRANSIT, "acct:{}:payouts_in_transit", "credit", "guarded",
     "On its way to the owner's bank and not confirmed by it."),
    (REFUNDS_IN_TRANSIT, "acct:{}:refunds_in_transit", "credit", "guarded",
     "Refunds promised to payers that the processor has not confirmed."),
    (CONNECT_RESERVE, "acct:{}:connect_reserve", "credit", "guarded",
     "The platform's money that stands against its sellers' negative balances."),
    (GROUP_HELD, "group:{}:held", "credit", "guarded",
     "The money of one order, kept apart until it is given to its sellers."),
    (CUSTOMER_BALANCE, "customer:{}:balance", "credit", "guarded",
     "What a payer has paid too much or in advance."),
    (SUSPENSE, "suspense:{}", "credit", "guarded", "Money that came and is not understood yet."),
    (TAX, "tax:{}:payable", "credit", "open",
     "Tax that was collected or withheld for a jurisdiction."),
    (ACCRUED_FEES, "accrued_fees:{}", "credit", "open",
     "Fees that a processor will bill, not deducted yet."),
    (UNCLAIMED, "unclaimed:{}", "credit", "open", "Balances of owners that cannot be reached."),
    (FX_POSITION, "fx:position:{}", "credit", "open",
     "What was given in this currency for money taken in another one, and the reverse; grows on "
     "either side."),
    (BETWEEN_LOCATIONS, "between_locations:{}", "credit", "open",
     "What a location owes the main one for the money of its owners that it holds; the main one's "
     "own is below zero by as much as all the others owe."),
)  # fmt: skip

CHART: Final = {
    code: Code(code, name, Side(side), is_guarded=how == "guarded", meaning=meaning)
    for code, name, side, how, meaning in _LINES
}

# The two buckets that a business sees as its balance.
OWED: Final = (PENDING, AVAILABLE)

# Must come back to zero when the business object that used them is done.
CLEARING: Final = (
    SETTLEMENT_IN_TRANSIT, COLLECTIONS_IN_TRANSIT, PAYOUTS_IN_TRANSIT, REFUNDS_IN_TRANSIT, SUSPENSE,
)  # fmt: skip
