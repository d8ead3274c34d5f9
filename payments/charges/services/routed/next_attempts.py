"""The next attempt of a payment that an account refused: a charge of its own at another account.

It is written in the transaction that records the refusal, so there is never a refusal that was to
be tried again and is not. The payment goes on until the last attempt has an answer.
"""

from datetime import datetime, timedelta
from typing import Final

from core.ids import new_id
from payments import method_types
from payments.charges import retry_limits
from payments.charges.services.actions import kept_actions
from payments.methods.services.instruments.payment_facts import facts_of
from payments.models import Charge
from payments.states import ChargeStatus
from processors import registry
from processors.protocols.base import REFUSED, Outcome
from processors.protocols.declines import Advice
from processors.router import choosing
from processors.routing.eligibility import Rejection
from processors.routing.traces import Trace

# An answer that comes later finds nobody who waits for another attempt.
_WITHIN: Final = timedelta(minutes=2)
# In the failure of a charge: the charge that follows it.
FOLLOWED_BY: Final = "retried_as"
# What a new attempt does not have of the one before it.
_ITS_OWN: Final[dict[str, object]] = {
    "status": ChargeStatus.PENDING, "open_request": "charge", "open_request_amount": None,
    "processor_reference": None, "failure": None, "risk": "not_assessed", "network_details": {},
    "next_poll_at": None, "statement_text": None,
}  # fmt: skip


def after(charge: Charge, outcome: Outcome, *, at: datetime) -> Charge | None:
    """Build the charge that follows one that was refused, without saving it.

    Args:
        charge: The charge, with its intent and its payment method.
        outcome: The rail's answer.
        at: The moment of the answer.

    Returns:
        None if there is no other account, or nothing is gained with another one.
    """
    if charge.routing is None or not _is_worth_it(charge, outcome, at):
        return None
    intent, method = charge.payment_intent, charge.payment_method
    facts = facts_of(
        intent,
        method,
        is_off_session=charge.is_off_session,
        tried=(*_tried(Trace.unpack(charge.routing)), charge.processor),
    )
    if not choosing.may_try_again(facts) or retry_limits.is_last(charge, outcome, at=at):
        return None
    try:
        routed = choosing.choose(facts, at=at)
    except registry.NoRail:
        return None
    columns = {one.attname: getattr(charge, one.attname) for one in charge._meta.concrete_fields}
    follower = Charge(
        **columns
        | _ITS_OWN
        | {
            "id": new_id("ch"),
            "processor": routed.account,
            "routing": routed.trace,
            "created_at": at,
            # Whom the bank has asked already is not asked again.
            "is_payer_present": charge.is_payer_present and charge.three_d_secure is None,
        }
    )
    follower.payment_intent, follower.payment_method = intent, method
    return follower


def id_after(charge: Charge) -> str | None:
    """Return the id of the charge that follows one that was refused; None if none does."""
    followed_by: str | None = (charge.failure or {}).get(FOLLOWED_BY)
    return followed_by


def load(charge_id: str) -> Charge:
    """Return a charge with its intent and its payment method."""
    return Charge.objects.select_related("payment_intent", "payment_method").get(id=charge_id)


def _is_worth_it(charge: Charge, outcome: Outcome, at: datetime) -> bool:
    decline = outcome.decline
    return (
        outcome.status in REFUSED
        and decline is not None
        and decline.next_step is Advice.RETRY_OTHER
        and charge.open_request == "charge"
        # Who was asked for a code, or whose bank took days, does not wait any more.
        and charge.next_poll_at is None
        and not method_types.of(charge.method_type).is_push
        and at - charge.created_at <= _WITHIN
        # Nobody is asked twice who he is, and the answer is good at that processor alone.
        and not kept_actions.exists(charge.id)
    )


def _tried(trace: Trace) -> tuple[str, ...]:
    return tuple(name for name, why in trace.rejected.items() if why is Rejection.TRIED)
