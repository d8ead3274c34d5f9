"""The simulated bank: what becomes of a payout to each test account or card.

Any other well-formed number is paid.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from core.ids import new_id
from processors.protocols.base import Decline, Outcome, OutcomeStatus
from processors.protocols.payouts import PayoutRequest


class Ending(StrEnum):
    """What the payee's bank does with a payout."""

    PAY = "pay"
    REFUSE = "refuse"
    # It is paid, and comes back later, in full or less what a bank on the way kept.
    RETURN = "return"
    RETURN_SHORT = "return_short"
    SAY_NOTHING = "say_nothing"


@dataclass(frozen=True, slots=True)
class TestPayee:
    """A bank account, or a debit card, of the simulated world.

    Args:
        number: Routing number and account number, an IBAN, or a card's name.
        ending: What becomes of a payout.
        code: Why it fails, as the wire's `failure_code` says it.
    """

    number: str
    ending: Ending = Ending.REFUSE
    code: str = ""


# After how many seconds the bank has paid or refused, and after how many money comes back.
PAID_AFTER: Final = 2
RETURNED_AFTER: Final = 30
# What a bank on the way keeps of a payout that is returned short, in minor units.
KEPT: Final = 250

MESSAGES: Final = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "could_not_process": "The bank could not process this payout.",
    "debit_not_authorized": "Debit transactions are not approved on the bank account.",
    "insufficient_funds": "There are not enough funds to create this payout.",
    "invalid_currency": "The bank account cannot receive this currency.",
    "no_account": "The bank account details on file are probably incorrect. No bank account "
    "could be located with those details.",
}

# Source: Stripe's page on testing payouts, but for the last rows, which are Rialto's own to
# rehearse what no published number does.
PAYEES: Final = (
    TestPayee("110000000 000123456789", Ending.PAY),
    TestPayee("110000000 000111111116", code="no_account"),
    TestPayee("110000000 000111111113", code="account_closed"),
    TestPayee("110000000 000222222227", code="insufficient_funds"),
    TestPayee("110000000 000333333335", code="debit_not_authorized"),
    TestPayee("110000000 000444444440", code="invalid_currency"),
    TestPayee("DE89370400440532013000", Ending.PAY),
    TestPayee("DE62370400440532013001", code="no_account"),
    TestPayee("visa_debit_us_transferFail", code="could_not_process"),
    TestPayee("110000000 000777777771", Ending.RETURN, "account_closed"),
    TestPayee("110000000 000777777772", Ending.RETURN_SHORT, "account_closed"),
    TestPayee("110000000 000777777773", Ending.SAY_NOTHING),
    TestPayee("DE78370400440000000077", Ending.RETURN, "account_closed"),
)
BY_NUMBER: Final = {payee.number: payee for payee in PAYEES}


def send(request: PayoutRequest) -> Outcome:
    """Take a payout on: nobody knows yet what the payee's bank will say."""
    number = request.payee.number
    if request.payee.routing and not request.payee.is_card:
        with_routing = f"{request.payee.routing} {number}"
        number = with_routing if with_routing in BY_NUMBER else number
    return Outcome(
        OutcomeStatus.PENDING,
        new_id("simpo"),
        request.amount,
        request.currency,
        details={"payee": number},
        is_final=False,
    )


def by_now(sent: Outcome, age_seconds: float) -> Outcome:
    """Say what has become of a payout that was sent some time ago."""
    if "payee" not in sent.details or sent.is_final:
        return sent
    payee = BY_NUMBER.get(sent.details["payee"], TestPayee("", Ending.PAY))
    if age_seconds < PAID_AFTER or payee.ending is Ending.SAY_NOTHING:
        return sent
    if payee.ending is Ending.REFUSE:
        return _declined(sent, payee)
    paid = replace(sent, status=OutcomeStatus.SUCCEEDED, is_final=payee.ending is Ending.PAY)
    if payee.ending is Ending.PAY or age_seconds < RETURNED_AFTER:
        return paid
    back = replace(_declined(sent, payee), settled_amount=sent.amount)
    if payee.ending is Ending.RETURN_SHORT:
        back = replace(back, settled_amount=max(sent.amount - KEPT, 0))
    return back


def _declined(sent: Outcome, payee: TestPayee) -> Outcome:
    decline = Decline(payee.code, MESSAGES[payee.code])
    return replace(sent, status=OutcomeStatus.DECLINED, decline=decline, is_final=True)
