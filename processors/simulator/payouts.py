"""The simulated bank: what becomes of a payout to each test account or card.

Any other well-formed number is paid.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from django.conf import settings

from core.ids import new_id
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.declines import Decline
from processors.protocols.payouts import PayoutRequest


class Ending(StrEnum):
    """The payee's bank's answer to a payout."""

    PAY = "pay"
    REFUSE = "refuse"
    # It is paid, and comes back later, in full or less what a bank on the way kept.
    RETURN = "return"
    RETURN_SHORT = "return_short"
    SAY_NOTHING = "say_nothing"
    # It is paid, but the first answer, or the first request, is lost on its way.
    LOSE_ANSWER = "lose_answer"
    LOSE_REQUEST = "lose_request"
    # The rail could not even send it.
    FAIL_TO_SEND = "fail_to_send"
    PAY_ANOTHER_AMOUNT = "pay_another_amount"


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
    TestPayee("110000000 000777777774", Ending.LOSE_ANSWER),
    TestPayee("110000000 000777777775", Ending.LOSE_REQUEST),
    TestPayee("110000000 000777777776", Ending.FAIL_TO_SEND),
    TestPayee("110000000 000777777778", Ending.PAY_ANOTHER_AMOUNT),
    TestPayee("DE78370400440000000077", Ending.RETURN, "account_closed"),
)
BY_NUMBER: Final = {payee.number: payee for payee in PAYEES}
_PAID_AT_LAST: Final = {Ending.PAY, Ending.LOSE_ANSWER, Ending.LOSE_REQUEST}


def payee_of(request: PayoutRequest) -> TestPayee:
    """Return whose bank decides what becomes of a payout."""
    number = request.payee.number
    known = BY_NUMBER.get(f"{request.payee.routing} {number}") or BY_NUMBER.get(number)
    return known or TestPayee(number, Ending.PAY)


def send(request: PayoutRequest) -> Outcome:
    """Accept a payout, whose outcome is not known yet."""
    payee = payee_of(request)
    if payee.ending is Ending.FAIL_TO_SEND:
        return Outcome(OutcomeStatus.ERRORED, "", request.amount, request.currency)
    if payee.ending is Ending.PAY_ANOTHER_AMOUNT:
        amount = request.amount + 1
        return Outcome(OutcomeStatus.SUCCEEDED, new_id("simpo"), amount, request.currency)
    return Outcome(
        OutcomeStatus.PENDING,
        new_id("simpo"),
        request.amount,
        request.currency,
        details={"payee": payee.number},
        is_final=False,
    )


def by_now(sent: Outcome, age_seconds: float) -> Outcome:
    """Return the outcome of a payout by its age."""
    if "payee" not in sent.details or sent.is_final:
        return sent
    payee = BY_NUMBER.get(sent.details["payee"], TestPayee("", Ending.PAY))
    if payee.ending is Ending.SAY_NOTHING or age_seconds < settings.SIMULATED_PAYOUTS_PAID_AFTER:
        return sent
    if payee.ending is Ending.REFUSE:
        return _decline(sent, payee)
    paid = replace(sent, status=OutcomeStatus.SUCCEEDED, is_final=payee.ending in _PAID_AT_LAST)
    if paid.is_final or age_seconds < settings.SIMULATED_PAYOUTS_RETURNED_AFTER:
        return paid
    back = replace(_decline(sent, payee), settled_amount=sent.amount)
    if payee.ending is Ending.RETURN_SHORT:
        back = replace(back, settled_amount=max(sent.amount - KEPT, 0))
    return back


def _decline(sent: Outcome, payee: TestPayee) -> Outcome:
    decline = Decline(payee.code, MESSAGES[payee.code])
    return replace(sent, status=OutcomeStatus.DECLINED, decline=decline, is_final=True)
