"""The test payers who scan a code, by their addresses for mail, and what they do about it."""

import time
from dataclasses import dataclass, replace
from typing import Final

from core.ids import new_id, random_text
from processors.protocols import emvco
from processors.protocols.base import ChargeRequest, Outcome, OutcomeStatus
from processors.protocols.declines import Decline
from processors.protocols.payers import CODE, EXPIRES_AT, REFERENCE, PayerAct

# How long a code can be paid. Our choice: processors give between ten minutes and an hour.
GOOD_FOR: Final = 900
# No bank knows it: a code of test mode cannot be paid by anybody.
_BILLER: Final = "000000000000000"


@dataclass(frozen=True, slots=True)
class TestPayer:
    """Somebody with a bank's app in the simulated world.

    Args:
        name: What the part before the `@` ends with.
        act: What happens; None for nothing, until the code is too old.
        seconds: After which it does.
        loses: `"request"` or `"answer"`: what is lost on the way when the code is made.
    """

    name: str
    act: PayerAct | None = None
    seconds: int = GOOD_FOR
    loses: str = ""


# The words before `_rialto` are those of Stripe's tests of vouchers; the others are our own.
PAYERS: Final = (
    TestPayer("succeed_immediately", PayerAct.PAY, 2),
    TestPayer("succeed_with_delay", PayerAct.PAY, 30),
    TestPayer("expire_immediately", PayerAct.EXPIRE, 2),
    TestPayer("expire_with_delay", PayerAct.EXPIRE, 30),
    TestPayer("fill_never"),
    TestPayer("rialto_fail_immediately", PayerAct.FAIL, 2),
    TestPayer("rialto_lose_request", PayerAct.PAY, 2, loses="request"),
    TestPayer("rialto_lose_answer", PayerAct.PAY, 2, loses="answer"),
)
# The payers of every other address: nothing happens until somebody says what does.
SOMEBODY: Final = TestPayer("somebody")

_PREFIX: Final = "payer_"
BY_INSTRUMENT: Final = {f"{_PREFIX}{payer.name}": payer for payer in (*PAYERS, SOMEBODY)}

FAILED: Final = Decline(
    "payment_intent_payment_attempt_failed", "The payer's bank did not make the payment."
)
EXPIRED: Final = Decline(
    "payment_intent_payment_attempt_expired", "Nobody paid before the code expired."
)
CANCELED: Final = Decline("canceled", "The code was withdrawn before anybody paid.")

# What was not ended otherwise before its time came.
STILL_WAITS: Final = """
    account = %s AND key = %s AND action = 'charge' AND outcome->>'status' = 'action_required'
    AND created_at > now() - make_interval(secs => %s)
"""
END: Final = f"""
    UPDATE processors_simulatedrequest SET outcome = outcome || %s::jsonb WHERE {STILL_WAITS}
"""  # noqa: S608  our own words


def find(email: str) -> str:
    """Return the name of the payer with an address."""
    mailbox = email.partition("@")[0]
    found = (payer for payer in PAYERS if mailbox.endswith(payer.name))
    return f"{_PREFIX}{next(found, SOMEBODY).name}"


def answer(request: ChargeRequest, payer: TestPayer) -> Outcome:
    """Make the code that the payer is to scan."""
    reference = random_text(18).upper()
    seconds = payer.seconds if payer.act is PayerAct.EXPIRE else GOOD_FOR
    return Outcome(
        OutcomeStatus.ACTION_REQUIRED,
        new_id("simch"),
        request.amount,
        request.currency,
        details={
            CODE: emvco.to_biller(_BILLER, reference, amount=request.amount),
            REFERENCE: reference,
            EXPIRES_AT: str(int(time.time()) + seconds),
            "payer": payer.name,
        },
        is_final=False,
    )


def by_now(sent: Outcome, age_seconds: float) -> Outcome:
    """Say what has become of a code that was made some time ago."""
    payer = BY_INSTRUMENT.get(f"{_PREFIX}{sent.details.get('payer')}")
    if payer is None or sent.is_final or age_seconds < payer.seconds:
        return sent
    return resolve_code(sent, payer.act or PayerAct.EXPIRE)


def resolve_code(sent: Outcome, act: PayerAct) -> Outcome:
    """Return how a code has ended."""
    if act is PayerAct.PAY:
        return replace(sent, status=OutcomeStatus.SUCCEEDED, is_final=True)
    decline = FAILED if act is PayerAct.FAIL else EXPIRED
    return replace(sent, status=OutcomeStatus.DECLINED, decline=decline, is_final=True)
