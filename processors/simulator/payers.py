"""The test payers who act themselves, by their addresses for mail, and what they do about it."""

import time
from dataclasses import dataclass, replace
from typing import Final

from core.ids import new_id
from processors.protocols.base import ChargeRequest, Outcome, OutcomeStatus, VerifyRequest
from processors.protocols.declines import Decline
from processors.protocols.payers import EXPIRES_AT, PayerAct
from processors.simulator import codes, repayments, wallets

# How long a code can be paid. Our choice: processors give between ten minutes and an hour.
GOOD_FOR: Final = 900


@dataclass(frozen=True, slots=True)
class TestPayer:
    """Somebody with a bank's app, or a wallet, in the simulated world.

    Args:
        name: What the part before the `@` ends with.
        act: What happens; None for nothing, until the time is up.
        seconds: After which it does.
        loses: `"request"` or `"answer"`: what is lost on the way when it is asked.
        pays_after: Seconds after which it pays whatever has ended by then; None for never.
    """

    name: str
    act: PayerAct | None = None
    seconds: int = GOOD_FOR
    loses: str = ""
    pays_after: int | None = None


# The words before `_rialto` are those of Stripe's tests of vouchers; the others are our own.
PAYERS: Final = (
    TestPayer("succeed_immediately", PayerAct.PAY, 2),
    TestPayer("succeed_with_delay", PayerAct.PAY, 30),
    TestPayer("expire_immediately", PayerAct.EXPIRE, 2),
    TestPayer("expire_with_delay", PayerAct.EXPIRE, 30),
    TestPayer("fill_never"),
    TestPayer("rialto_fail_immediately", PayerAct.FAIL, 2),
    *(TestPayer(name, PayerAct.PAY, 2) for name in repayments.ASKED),
    TestPayer("rialto_pay_late", PayerAct.EXPIRE, 2, pays_after=30),
    TestPayer("rialto_lose_request", PayerAct.PAY, 2, loses="request"),
    TestPayer("rialto_lose_answer", PayerAct.PAY, 2, loses="answer"),
)
# The payers of every other address: nothing happens until somebody says what does.
SOMEBODY: Final = TestPayer("somebody")

_AGREES: Final = "succeed_immediately"
BY_NAME: Final = {payer.name: payer for payer in (*PAYERS, SOMEBODY)}
# What payers agreed to at their banks is known so many seconds after the payment began.
AGREED_AFTER: Final = 30

FAILED: Final = Decline(
    "payment_intent_payment_attempt_failed", "The payer's bank did not make the payment."
)
EXPIRED: Final = Decline(
    "payment_intent_payment_attempt_expired", "Nobody paid before the time was up."
)
CANCELED: Final = Decline("canceled", "The code was withdrawn before anybody paid.")

# What was not ended otherwise before its time came.
STILL_WAITS: Final = """
    account = %s AND key = %s AND action IN ('charge', 'authorize', 'verify')
    AND outcome->>'status' = 'action_required' AND created_at > now() - make_interval(secs => %s)
"""
END: Final = f"""
    UPDATE processors_simulatedrequest SET outcome = outcome || %s::jsonb WHERE {STILL_WAITS}
"""  # noqa: S608  our own words


def find(type: str, email: str) -> str | None:
    """Return the name of the payer with an address; None if there are none of this type."""
    if type not in codes.TYPES and type not in wallets.TYPES:
        return None
    mailbox = email.partition("@")[0]
    found = (payer for payer in PAYERS if mailbox.endswith(payer.name))
    return f"{type}/{next(found, SOMEBODY).name}"


def named(instrument: str) -> tuple[str, TestPayer] | None:
    """Return the type of method and the payer with a name; None if it is no payer's."""
    # Names that were given when there was no other type.
    type, _, name = instrument.replace("payer_", "promptpay/", 1).partition("/")
    return (type, BY_NAME[name]) if name in BY_NAME else None


def answer(request: ChargeRequest | VerifyRequest, type: str, payer: TestPayer) -> Outcome:
    """Make the code that the payer is to scan, or ask it to agree at its bank."""
    within = GOOD_FOR
    if isinstance(request, ChargeRequest):
        within = request.pay_within or GOOD_FOR
        if type == "blik":
            payer = BY_NAME[wallets.BLIK_PAYERS.get(request.payer_code, _AGREES)]
    seconds = min(within, payer.seconds) if payer.act is PayerAct.EXPIRE else within
    known = {
        EXPIRES_AT: str(int(time.time()) + seconds),
        _SECONDS: str(seconds),
        "payer": payer.name,
    }
    if type in wallets.TYPES:
        asked = wallets.answer(request, type)
        return replace(asked, details={**asked.details, **known})
    assert isinstance(request, ChargeRequest)
    return _code(request, type, known)


def by_now(sent: Outcome, age_seconds: float) -> Outcome:
    """Say what has become of what a payer was asked some time ago."""
    payer = BY_NAME.get(sent.details.get("payer", ""))
    pays_after = payer.pays_after if payer and sent.amount else None
    if pays_after is not None and age_seconds >= pays_after:
        # Its bank sends the money, though the code has ended or was withdrawn.
        return replace(resolve(sent, PayerAct.PAY), decline=None)
    if payer is None or sent.is_final:
        return sent
    if agreed := sent.details.get(_AGREED):
        return resolve(sent, PayerAct(agreed)) if age_seconds >= AGREED_AFTER else sent
    if payer.act and age_seconds >= payer.seconds:
        return resolve(sent, payer.act)
    return resolve(sent, PayerAct.EXPIRE) if age_seconds >= seconds_of(sent) else sent


def seconds_of(sent: Outcome) -> int:
    """Return how long the payer has, from the request on."""
    return int(sent.details.get(_SECONDS, GOOD_FOR))


def resolve(sent: Outcome, act: PayerAct) -> Outcome:
    """Return how it has ended; what is known later is pending until then."""
    if later := _LATER.get(act):
        details = {**sent.details, _AGREED: later.value}
        return replace(sent, status=OutcomeStatus.PENDING, details=details, next_action=None)
    if act in (PayerAct.PAY, PayerAct.DISPUTE):
        return replace(sent, status=OutcomeStatus.SUCCEEDED, is_final=True, next_action=None)
    if act is PayerAct.EXPIRE:
        return wallets.refuse(sent, EXPIRED)
    if sent.next_action is None:
        return wallets.refuse(sent, FAILED)
    is_setup = sent.currency == "xxx"
    return wallets.refuse(sent, wallets.NOT_KEPT if is_setup else wallets.REFUSED)


def _code(request: ChargeRequest, type: str, known: dict[str, str]) -> Outcome:
    return Outcome(
        OutcomeStatus.ACTION_REQUIRED,
        new_id("simch"),
        request.amount,
        request.currency,
        details={**codes.write(request, type, ends=int(known[EXPIRES_AT])), **known},
        is_final=False,
    )


# How long there is, and what was agreed to, in the details of an outcome.
_SECONDS: Final = "seconds"
_AGREED: Final = "agreed"
_LATER: Final = {PayerAct.PAY_LATER: PayerAct.PAY, PayerAct.FAIL_LATER: PayerAct.FAIL}
