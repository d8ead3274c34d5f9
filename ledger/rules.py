"""Every way money can move. Each rule keeps its number from the table of money flows.

A rule moves one amount from the side it debits to the side it credits, so an
entry cannot be unbalanced. Where a side names two buckets, the operation says
how the amount is spread over them: what is left of the charge's own pending lot
first, then what is available.

Where owners may be held at different places, the entry also moves the same amount
between the places' processor accounts (`moves_between_locations`). Rules that
exchange currencies go through the FX position, in both currencies.
"""

from typing import Final

from ledger.chart import (
    AVAILABLE,
    BANK,
    CHART,
    CONNECT_RESERVE,
    FX_POSITION,
    OWED,
    PAYOUTS_IN_TRANSIT,
    PENDING,
    PROCESSOR,
    REFUNDS_IN_TRANSIT,
    SETTLEMENT_IN_TRANSIT,
    SUSPENSE,
)
from ledger.rule import Rule as Rule
from ledger.rule import exchange, shared_rule

CHARGE_CAPTURED: Final = Rule(
    "charge_captured", "3", (PROCESSOR,), OWED,
    "The processor owes us the captured amount, and we owe it to the merchant.",
)  # fmt: skip

PROCESSOR_FEE: Final = Rule(
    "processor_fee", "3f", OWED, (PROCESSOR,),
    "The merchant bears what the processing costs; posted last in the charge's commit.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

PLATFORM_PROCESSOR_FEE: Final = Rule(
    "platform_processor_fee", "4g", OWED, (PROCESSOR,),
    "The platform bears what processing a seller's own charge costs; posted last.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

# A captured charge is shared out whatever its owners owe meanwhile: it has happened.
DESTINATION_CHARGE: Final = shared_rule(
    "destination_charge", "5",
    "Fee style: the whole charge goes to the seller, who pays the application fee from it.",
)  # fmt: skip

APPLICATION_FEE: Final = shared_rule(
    "application_fee", "5a", "The seller gives the platform its cut of a charge.",
)  # fmt: skip

DESTINATION_TRANSFER: Final = shared_rule(
    "destination_transfer", "6", "Amount style: the named part of the charge goes to the seller.",
)  # fmt: skip

PAYMENT_FAILED: Final = Rule(
    "payment_failed", "9", OWED, (PROCESSOR,),
    "The payer's bank took back what a slow method had paid.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

MATURATION: Final = Rule(
    "maturation", "10", (PENDING,), (AVAILABLE,), "A day's pending money becomes usable.",
)  # fmt: skip

TRANSFER: Final = Rule(
    "transfer", "16", (AVAILABLE,), (AVAILABLE,),
    "The platform pays a seller out of what it can use now.",
    moves_between_locations=True,
)  # fmt: skip

TRANSFER_FROM_SOURCE: Final = Rule(
    "transfer_from_source", "17", OWED, OWED,
    "The platform pays a seller out of one charge, pending or not.",
    moves_between_locations=True,
)  # fmt: skip

TRANSFER_OF_SOURCE_FEE: Final = Rule(
    "transfer_of_source_fee", "17f", OWED, OWED,
    "A transfer out of a charge goes to its full amount: the processing stays the platform's.",
    may_overdraw=True, moves_between_locations=True,
)  # fmt: skip

TRANSFER_REVERSAL: Final = Rule(
    "transfer_reversal", "21", OWED, OWED,
    "The seller gives a part of a transfer back, and has it.",
    moves_between_locations=True,
)  # fmt: skip

# Posted before the reversal, of which the platform gets at least as much in the same moment.
REVERSAL_FEE_REFUND: Final = shared_rule(
    "reversal_fee_refund", "22", "The platform returns the application fee on the reversed part.",
)  # fmt: skip

ACCOUNT_DEBIT: Final = Rule(
    "account_debit", "26", (AVAILABLE,), (AVAILABLE,),
    "The platform collects from a seller what the seller owes it, and has.",
    moves_between_locations=True,
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

REFUND_TRANSFER_REVERSAL: Final = shared_rule(
    "refund_transfer_reversal", "32", "The seller bears its part of a refund.",
)  # fmt: skip

APPLICATION_FEE_REFUND: Final = shared_rule(
    "application_fee_refund", "33",
    "The platform returns its cut, of what was refunded or because it wants to.",
)  # fmt: skip

REFUND_CANCELED: Final = Rule(
    "refund_canceled", "37", (REFUNDS_IN_TRANSIT,), OWED,
    "The processor refused the refund: its money goes back to where it came from.",
)  # fmt: skip

FEE_TRUE_UP: Final = Rule(
    "fee_true_up", "11", OWED, (PROCESSOR,),
    "The processor took more for a charge than was estimated.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

FEE_TRUE_UP_RETURNED: Final = Rule(
    "fee_true_up_returned", "11l", (PROCESSOR,), OWED,
    "The processor took less for a charge than was estimated.",
)  # fmt: skip

PROCESSOR_FEE_RETURNED: Final = Rule(
    "processor_fee_returned", "36", (PROCESSOR,), OWED,
    "The processor returns a part of its fee with a refund.",
)  # fmt: skip

PROCESSOR_FEE_RETAKEN: Final = Rule(
    "processor_fee_retaken", "36r", OWED, (PROCESSOR,),
    "A refund failed, so the processor takes back what it returned of its fee.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

REFUND_FAILED: Final = Rule(
    "refund_failed", "38", (PROCESSOR,), (AVAILABLE,),
    "A refund that had succeeded came back from the payer's bank.",
)  # fmt: skip

REFUND_TRANSFER_RESTORED: Final = shared_rule(
    "refund_transfer_restored", "38t",
    "A refund failed, so the seller gets back what it bore of it.",
)  # fmt: skip

REFUND_FEE_RESTORED: Final = shared_rule(
    "refund_fee_restored", "38a",
    "A refund failed, so the platform gets back the cut that it had returned.",
)  # fmt: skip

REFUND_MADE_OUTSIDE: Final = Rule(
    "refund_made_outside", "40", OWED, (PROCESSOR,),
    "A refund was made at the processor, without us: nothing could be set aside for it.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

REFUND_EXCHANGE_DIFFERENCE: Final = Rule(
    "refund_exchange_difference", "41", (*OWED, REFUNDS_IN_TRANSIT), (PROCESSOR, *OWED),
    "The processor settled a refund at another rate: the charge's owner bears or has the rest.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

DISPUTE_WITHDRAWN: Final = Rule(
    "dispute_withdrawn", "43", OWED, (PROCESSOR,), "The payer's bank took a disputed amount back.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

DISPUTE_FEE: Final = Rule(
    "dispute_fee", "43f", OWED, (PROCESSOR,), "The processor's price of a dispute.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

DISPUTE_REINSTATED: Final = Rule(
    "dispute_reinstated", "46w", (PROCESSOR,), (AVAILABLE,),
    "A dispute was won, in full or in part: the payer's bank gave the money back.",
)  # fmt: skip

EXCHANGED_TRANSFER: Final = exchange(
    "exchanged_transfer", "20",
    "The platform pays in one currency and the seller gets another one.",
)  # fmt: skip

EXCHANGED_SOURCE_FEE: Final = Rule(
    "exchanged_source_fee", "20f", (*OWED, FX_POSITION), (*OWED, FX_POSITION),
    "An exchanged transfer out of a charge goes to its full amount.",
    may_overdraw=True,
)  # fmt: skip

# A captured charge is shared out whatever its owners owe meanwhile: it has happened.
EXCHANGED_SHARE: Final = exchange(
    "exchanged_share", "20d", "The seller gets its part of a captured charge in another currency.",
    is_fact=True,
)  # fmt: skip

EXCHANGED_FEE: Final = exchange(
    "exchanged_fee", "20a",
    "The seller gives the platform's cut in its currency; the platform gets the charge's.",
    is_fact=True,
)  # fmt: skip

EXCHANGE_MARGIN: Final = Rule(
    "exchange_margin", "20m", OWED, OWED,
    "The platform keeps its margin on an exchange, in the seller's currency.",
    moves_between_locations=True,
)  # fmt: skip

EXCHANGED_TRANSFER_REVERSAL: Final = exchange(
    "exchanged_transfer_reversal", "23",
    "A part of an exchanged transfer comes back, at the amounts of the transfer.",
)  # fmt: skip

REFUND_EXCHANGED_REVERSAL: Final = exchange(
    "refund_exchanged_reversal", "32x",
    "The seller bears its part of a refund, in the currency that it got.",
    is_fact=True,
)  # fmt: skip

EXCHANGED_FEE_REFUND: Final = exchange(
    "exchanged_fee_refund", "33x",
    "The platform returns its cut of an exchanged charge, in what the seller gave of it.",
    is_fact=True,
)  # fmt: skip

REFUND_EXCHANGED_RESTORED: Final = exchange(
    "refund_exchanged_restored", "38x",
    "A refund failed, so the seller gets back, in its currency, what it bore of it.",
    is_fact=True,
)  # fmt: skip

REFUND_EXCHANGED_FEE_RESTORED: Final = exchange(
    "refund_exchanged_fee_restored", "38y",
    "A refund failed, so the platform gets back its cut of an exchanged charge.",
    is_fact=True,
)  # fmt: skip

NEGATIVE_BALANCE_COVERED: Final = Rule(
    "negative_balance_covered", "47", (AVAILABLE, CONNECT_RESERVE), (AVAILABLE,),
    "The platform makes good what a seller owes, out of what it has set aside first.",
    moves_between_locations=True,
)  # fmt: skip

CONNECT_RESERVE_RAISED: Final = Rule(
    "connect_reserve_raised", "48", (AVAILABLE,), (CONNECT_RESERVE,),
    "The platform sets money aside against what its sellers owe.",
)  # fmt: skip

CONNECT_RESERVE_LOWERED: Final = Rule(
    "connect_reserve_lowered", "48l", (CONNECT_RESERVE,), (AVAILABLE,),
    "What was set aside against sellers' balances is needed no longer.",
)  # fmt: skip

PAYOUT_CREATED: Final = Rule(
    "payout_created", "61", (AVAILABLE,), (PAYOUTS_IN_TRANSIT,),
    "A payout is set aside before its bank is asked to send it.",
)  # fmt: skip

PAYOUT_FEE: Final = Rule(
    "payout_fee", "62", (AVAILABLE,), (AVAILABLE,),
    "The seller pays its platform for a payout, out of what the payout leaves.",
    moves_between_locations=True,
)  # fmt: skip

# It must not keep a payout's failure from being booked.
PAYOUT_FEE_RETURNED: Final = Rule(
    "payout_fee_returned", "62r", (AVAILABLE,), (AVAILABLE,),
    "The platform returns what is left of its fee on a payout that came to nothing.",
    may_overdraw=True, is_fact=True, moves_between_locations=True,
)  # fmt: skip

PAYOUT_CANCELED: Final = Rule(
    "payout_canceled", "65", (PAYOUTS_IN_TRANSIT,), (AVAILABLE,),
    "A payout never left: it was canceled, or the bank refused it. Its money is usable again.",
)  # fmt: skip

PAYOUT_CONFIRMED: Final = Rule(
    "payout_confirmed", "66", (PAYOUTS_IN_TRANSIT,), (BANK,),
    "Our bank's statement says that a payout was sent.",
)  # fmt: skip

PAYOUT_CONFIRMED_BY_PROCESSOR: Final = Rule(
    "payout_confirmed_by_processor", "66p", (PAYOUTS_IN_TRANSIT,), (PROCESSOR,),
    "The processor sent a payout out of what it owes us.",
)  # fmt: skip

PAYOUT_RETURNED: Final = Rule(
    "payout_returned", "67", (BANK, PROCESSOR), (AVAILABLE,),
    "A payout that had been sent came back, less what a bank on the way kept of it.",
)  # fmt: skip

PAYOUT_RETURN_COST: Final = Rule(
    "payout_return_cost", "68", (AVAILABLE,), (AVAILABLE,),
    "The platform makes good what a bank kept of a returned payout.",
    may_overdraw=True, is_fact=True, moves_between_locations=True,
)  # fmt: skip

SETTLEMENT_SENT: Final = Rule(
    "settlement_sent", "72", (SETTLEMENT_IN_TRANSIT,), (PROCESSOR,),
    "The processor sent what it owes us, or a part of it, to our bank.", is_fact=True,
)  # fmt: skip

SETTLEMENT_RECEIVED: Final = Rule(
    "settlement_received", "72b", (BANK,), (SETTLEMENT_IN_TRANSIT,),
    "Our bank has what the processor sent.", is_fact=True,
)  # fmt: skip

TREASURY_MOVE_SENT: Final = Rule(
    "treasury_move_sent", "73", (SETTLEMENT_IN_TRANSIT,), (BANK, PROCESSOR),
    "Money of ours left one place for another.", is_fact=True,
)  # fmt: skip

TREASURY_MOVE_RECEIVED: Final = Rule(
    "treasury_move_received", "73b", (BANK, PROCESSOR), (SETTLEMENT_IN_TRANSIT,),
    "Money of ours that was moved has come, or has come back.", is_fact=True,
)  # fmt: skip

LATE_PAYMENT_RECEIVED: Final = Rule(
    "late_payment_received", "75p", (PROCESSOR,), (SUSPENSE,),
    "A payer paid after the charge had ended: the processor has money that pays for nothing yet.",
    is_fact=True,
)  # fmt: skip

LATE_PAYMENT_APPLIED: Final = Rule(
    "late_payment_applied", "75a", (SUSPENSE,), OWED,
    "What came too late is the charge's owner's all the same: somebody has decided so.",
)  # fmt: skip

LATE_PAYMENT_RETURNED: Final = Rule(
    "late_payment_returned", "75r", (SUSPENSE,), (PROCESSOR,),
    "The processor gave the payer back what had come too late.", is_fact=True,
)  # fmt: skip

LATE_PAYMENT_RETURN_FAILED: Final = Rule(
    "late_payment_return_failed", "75f", (PROCESSOR,), (SUSPENSE,),
    "What had been given back to a payer who paid too late has come back.", is_fact=True,
)  # fmt: skip

LATE_PAYMENT_NEVER_CAME: Final = Rule(
    "late_payment_never_came", "75n", (SUSPENSE,), (PROCESSOR,),
    "The processor says now that it never had what a payer seemed to have paid too late.",
    is_fact=True,
)  # fmt: skip

PROCESSOR_ADJUSTMENT: Final = Rule(
    "processor_adjustment", "78", (*OWED, PROCESSOR), (PROCESSOR, *OWED),
    "The processor took or gave something that no payment is the reason of: it is somebody's.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

CORRECTION: Final = Rule(
    "correction", "80", tuple(CHART), tuple(CHART),
    "An entry that was wrong is taken back by its opposite, which names it.",
    may_overdraw=True, is_fact=True, moves_between_locations=True,
)  # fmt: skip

FX_POSITION_CLOSED: Final = Rule(
    "fx_position_closed", "81", (BANK, PROCESSOR, FX_POSITION), (BANK, PROCESSOR, FX_POSITION),
    "Money was really exchanged: the position goes down by what was sold and what was bought.",
    is_fact=True,
)  # fmt: skip

FX_RESULT: Final = Rule(
    "fx_result", "81r", (FX_POSITION, AVAILABLE), (AVAILABLE, FX_POSITION),
    "What is left of a closed position is the platform's gain or loss.",
    may_overdraw=True, is_fact=True,
)  # fmt: skip

RULES: Final = tuple(rule for rule in list(globals().values()) if isinstance(rule, Rule))
