"""Authorisations that were captured or let go at the processor, by hand."""

from datetime import datetime

from operations.unit_of_work import UnitOfWork
from payments.charges.services import charge_requests, charges
from payments.intents.services import authorizations, intent_locks
from payments.models import Charge
from payments.states import IntentStatus
from processors import gateway
from processors.protocols.base import REFUSED, Action, Inquiry, Outcome, OutcomeStatus


def look(charge: Charge, *, at: datetime) -> None:
    """Ask what has become of an authorisation, and book what was done with it there.

    Args:
        charge: The charge, with its intent, outside a transaction.
        at: The moment.
    """
    waits = charge.payment_intent.status == IntentStatus.REQUIRES_CAPTURE
    if charge.open_request or not waits:
        return
    outcome = _ask(charge, Action.CAPTURE)
    if outcome and outcome.status is OutcomeStatus.SUCCEEDED:
        _book(charge, "capture", outcome, at=at)
    elif outcome and outcome.status in REFUSED:
        outcome = _ask(charge, Action.VOID)
        if outcome and outcome.status is OutcomeStatus.SUCCEEDED:
            _book(charge, "void", outcome, at=at)


def _ask(charge: Charge, action: Action) -> Outcome | None:
    key = charge_requests.follow_up_key(charge, action.value)
    inquiry = Inquiry(action, key, charge.id, charge.processor_reference)
    return gateway.find(charge.processor, inquiry)


def _book(charge: Charge, action: str, outcome: Outcome, *, at: datetime) -> None:
    """Open the request as if we had made it, of the amount that was moved, and settle it."""
    intent = charge.payment_intent
    with UnitOfWork(intent.tenant, at=at) as work:
        intent = intent_locks.lock(intent.tenant, intent.id)
        if intent.status != IntentStatus.REQUIRES_CAPTURE:
            return
        locked = intent_locks.lock_authorization(intent, action)
        locked.open_request, locked.open_request_amount = action, outcome.amount
        authorizations.open_request(work, intent, locked)
    charges.settle(charge.id, outcome, at=at)
