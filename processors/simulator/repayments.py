"""Refunds for which a payer of the simulated world is asked for an account, and what it does."""

import time
from dataclasses import replace
from typing import Final

from core.ids import new_id
from processors.protocols.base import FollowUp, Outcome, OutcomeStatus
from processors.protocols.declines import Decline
from processors.protocols.payers import EXPIRES_AT, PayerAct

# Who is asked by letter, and what it does; all others have given an account before.
ASKED: Final = {
    "rialto_refund_later": PayerAct.PAY,
    "rialto_refund_never": None,
    "rialto_refund_wrong_account": PayerAct.FAIL,
}
ANSWERS_AFTER: Final = 2
# How long a payer has: what processors write in their letters.
GOOD_FOR: Final = 45 * 86_400

WRONG_ACCOUNT: Final = Decline("declined", "The account that the payer gave does not exist.")
NO_ANSWER: Final = Decline("expired", "The payer gave no account in time.")
_PAYER: Final = "refunded"


def ask(request: FollowUp, name: str) -> Outcome:
    """Ask a payer where a refund is to go."""
    return Outcome(
        OutcomeStatus.ACTION_REQUIRED,
        new_id("simre"),
        request.amount,
        request.currency,
        details={_PAYER: name, EXPIRES_AT: str(int(time.time()) + GOOD_FOR)},
        is_final=False,
    )


def is_asked(asked: Outcome) -> bool:
    """Tell whether an outcome is of a refund for which a payer is asked."""
    return _PAYER in asked.details


def by_now(asked: Outcome, age_seconds: float) -> Outcome:
    """Return what has become of a refund for which a payer was asked some time ago."""
    if not is_asked(asked) or asked.is_final:
        return asked
    act = ASKED[asked.details[_PAYER]]
    if act is not None and age_seconds >= ANSWERS_AFTER:
        return resolve(asked, act)
    return resolve(asked, PayerAct.EXPIRE) if age_seconds >= GOOD_FOR else asked


def resolve(asked: Outcome, act: PayerAct) -> Outcome:
    """Return how it ends once the payer has done something."""
    if act is PayerAct.PAY:
        return replace(asked, status=OutcomeStatus.SUCCEEDED, is_final=True)
    why = WRONG_ACCOUNT if act is PayerAct.FAIL else NO_ANSWER
    return replace(asked, status=OutcomeStatus.DECLINED, decline=why, is_final=True)
