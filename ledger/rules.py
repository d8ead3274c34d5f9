"""Every way money can move. Each rule keeps its number from the table of money flows.

A rule moves one amount from the side it debits to the side it credits, so an
entry cannot be unbalanced. Where a side names two buckets, the operation says
how the amount is spread over them: what is left of the charge's own pending lot
first, then what is available.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.chart import AVAILABLE, OWED, PENDING, PROCESSOR, REFUNDS_IN_TRANSIT


@dataclass(frozen=True, slots=True)
class Rule:
    """A named movement.

    Args:
        kind: What entries of this rule are called, for ever.
        number: Its row in the table of money flows.
        debits: Codes that it may take the amount from (or, for an asset, add to).
        credits: Codes that it may give the amount to.
        may_overdraw: True if it may leave the available bucket below zero.
        meaning: One sentence for people.
    """

    kind: str
    number: str
    debits: Sequence[str]
    credits: Sequence[str]
    meaning: str
    may_overdraw: bool = False


CHARGE_CAPTURED: Final = Rule(
    "charge_captured", "3", (PROCESSOR,), OWED,
    "The processor owes us the captured amount, and we owe it to the merchant.",
)  # fmt: skip

PROCESSOR_FEE: Final = Rule(
    "processor_fee", "3f", OWED, (PROCESSOR,),
    "The merchant bears what the processing costs; posted last in the charge's commit.",
    may_overdraw=True,
)  # fmt: skip

DESTINATION_CHARGE: Final = Rule(
    "destination_charge", "5", OWED, OWED,
    "Fee style: the whole charge goes to the seller, who pays the application fee from it.",
)  # fmt: skip

APPLICATION_FEE: Final = Rule(
    "application_fee", "5a", OWED, OWED,
    "The seller gives the platform its cut of a charge.",
)  # fmt: skip

DESTINATION_TRANSFER: Final = Rule(
    "destination_transfer", "6", OWED, OWED,
    "Amount style: the named part of the charge goes to the seller.",
)  # fmt: skip

MATURATION: Final = Rule(
    "maturation", "10", (PENDING,), (AVAILABLE,),
    "A day's pending money becomes usable.",
)  # fmt: skip

TRANSFER: Final = Rule(
    "transfer", "16", (AVAILABLE,), (AVAILABLE,),
    "The platform pays a seller out of what it can use now.",
)  # fmt: skip

TRANSFER_FROM_SOURCE: Final = Rule(
    "transfer_from_source", "17", OWED, OWED,
    "The platform pays a seller out of one charge, pending or not.",
)  # fmt: skip

TRANSFER_REVERSAL: Final = Rule(
    "transfer_reversal", "21", OWED, OWED,
    "The seller gives a part of a transfer back, and has it.",
)  # fmt: skip

REVERSAL_FEE_REFUND: Final = Rule(
    "reversal_fee_refund", "22", OWED, OWED,
    "The platform returns the application fee on the reversed part.",
    may_overdraw=True,
)  # fmt: skip

REFUND_RESERVED: Final = Rule(
    "refund_reserved", "27", OWED, (REFUNDS_IN_TRANSIT,),
    "A refund is promised: its money is set aside before the processor is asked.",
    may_overdraw=True,
)  # fmt: skip

REFUND_CONFIRMED: Final = Rule(
    "refund_confirmed", "28", (REFUNDS_IN_TRANSIT,), (PROCESSOR,),
    "The processor took the refund out of what it owes us.",
)  # fmt: skip

REFUND_TRANSFER_REVERSAL: Final = Rule(
    "refund_transfer_reversal", "32", OWED, OWED,
    "The seller bears its part of a refund.",
    may_overdraw=True,
)  # fmt: skip

APPLICATION_FEE_REFUND: Final = Rule(
    "application_fee_refund", "33", OWED, OWED,
    "The platform returns its cut, of what was refunded or because it wants to.",
    may_overdraw=True,
)  # fmt: skip

REFUND_CANCELED: Final = Rule(
    "refund_canceled", "37", (REFUNDS_IN_TRANSIT,), OWED,
    "The processor refused the refund: its money goes back to where it came from.",
)  # fmt: skip

RULES: Final = (
    CHARGE_CAPTURED,
    PROCESSOR_FEE,
    DESTINATION_CHARGE,
    APPLICATION_FEE,
    DESTINATION_TRANSFER,
    MATURATION,
    TRANSFER,
    TRANSFER_FROM_SOURCE,
    TRANSFER_REVERSAL,
    REVERSAL_FEE_REFUND,
    REFUND_RESERVED,
    REFUND_CONFIRMED,
    REFUND_TRANSFER_REVERSAL,
    APPLICATION_FEE_REFUND,
    REFUND_CANCELED,
)
