"""Charges that payers pay by a code: shown, paid, expired, or withdrawn."""

from datetime import UTC, datetime, timedelta
from typing import Final

from core.database.transactions import require_transaction
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments import method_types
from payments.charges.services import delayed_outcomes, intent_events
from payments.models import Charge, PaymentIntent
from payments.states import IntentStatus
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.payers import CODE, EXPIRES_AT

# The payer looks at a screen that is to say that it was paid.
_LATEST: Final = timedelta(seconds=15)
# The requests that withdraw a code, or what a payer has to do at the processor.
WITHDRAWALS: Final = frozenset({"cancel", "withdraw", "expire"})


def is_shown(intent: PaymentIntent) -> bool:
    """Tell whether an intent waits for its payer to scan a code."""
    action = (intent.next_action or {}).get("type")
    return intent.status == IntentStatus.REQUIRES_ACTION and action in method_types.DISPLAYS


def has_code(charge: Charge, outcome: Outcome) -> bool:
    """Tell whether the rail made a code for the payer: that is an answer."""
    return (
        charge.open_request == "charge"
        and outcome.status is OutcomeStatus.ACTION_REQUIRED
        and method_types.of(charge.method_type).is_push
    )


def await_payer(work: UnitOfWork, charge: Charge) -> None:
    """Let the intent wait for the payer; nothing is booked until the code is paid.

    Args:
        work: The unit of work.
        charge: The charge, with its intent and the rail's outcome; a repeated one only moves the
            next poll.
    """
    require_transaction()
    intent = charge.payment_intent
    is_news = charge.next_poll_at is None
    charge.next_poll_at = next_poll_at(charge, at=work.at)
    if not is_news:
        work.update(charge, "next_poll_at")
        return
    # Its answer came: nobody need repair it.
    work.change(
        intent,
        status=IntentStatus.REQUIRES_ACTION,
        processing_since=None,
        next_action=_action(charge),
    )
    work.update(
        charge, "next_poll_at", "processor_reference", "network_details", "risk", "statement_text"
    )
    intent_events.emit("payment_intent.requires_action", intent, work)


def next_poll_at(charge: Charge, *, at: datetime) -> datetime:
    """Return when to poll next whether a code was paid."""
    return min(at + _LATEST, delayed_outcomes.next_poll_at(charge, at=at))


def expires_at(charge: Charge) -> datetime:
    """Return until when a code can be paid."""
    return datetime.fromtimestamp(int(charge.network_details[EXPIRES_AT]), UTC)


def request_withdrawal(work: UnitOfWork, intent: PaymentIntent, charge: Charge, why: str) -> None:
    """Open the request that withdraws a charge's code.

    Args:
        work: The unit of work, which ends before the rail is asked.
        intent: The intent, locked, waiting for the payer.
        charge: Its latest charge, locked.
        why: `"cancel"`, `"withdraw"` for another attempt, or `"expire"` of a payer who is gone.
    """
    intent.move_to(IntentStatus.PROCESSING)
    intent.processing_since = work.at
    intent.next_action = None
    work.update(intent, "status", "processing_since", "next_action", "cancellation_reason")
    work.change(charge, open_request=why, open_request_amount=charge.amount, next_poll_at=None)


def _action(charge: Charge) -> JsonObject:
    kind = f"{charge.method_type}_display_qr_code"
    return {"type": kind, kind: {"data": charge.network_details[CODE]}}
