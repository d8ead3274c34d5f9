"""Charges that the payer makes with a code: shown, paid, too old, or withdrawn."""

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
# What is asked of the rail when a code is given up.
WITHDRAWALS: Final = frozenset({"cancel", "withdraw"})


def is_shown(intent: PaymentIntent) -> bool:
    """Tell whether an intent waits for its payer to scan a code."""
    wanted = (intent.next_action or {}).get("type")
    return intent.status == IntentStatus.REQUIRES_ACTION and wanted in method_types.DISPLAYS


def has_code(charge: Charge, outcome: Outcome) -> bool:
    """Tell whether the rail made a code for the payer: that is an answer."""
    return (
        charge.open_request == "charge"
        and outcome.status is OutcomeStatus.ACTION_REQUIRED
        and method_types.of(charge.method_type).is_push
    )


def show(work: UnitOfWork, charge: Charge) -> None:
    """Let the intent wait for the payer; nothing is booked until the code is paid.

    Args:
        work: Where rows and events are gathered.
        charge: With its intent, and what the rail said. Said again, only the time to ask changes.
    """
    require_transaction()
    intent = charge.payment_intent
    is_news = charge.next_poll_at is None
    charge.next_poll_at = next_poll_at(charge, at=work.at)
    if not is_news:
        work.update(charge, "next_poll_at")
        return
    intent.move_to(IntentStatus.REQUIRES_ACTION)
    # Its answer came: nobody need repair it.
    intent.processing_since = None
    intent.next_action = _action(charge)
    work.update(intent, "status", "processing_since", "next_action")
    work.update(charge, "next_poll_at", "processor_reference", "network_details", "risk")
    intent_events.emit("payment_intent.requires_action", intent, work)


def next_poll_at(charge: Charge, *, at: datetime) -> datetime:
    """Return when to ask next whether a code was paid."""
    return min(at + _LATEST, delayed_outcomes.next_poll_at(charge, at=at))


def expires_at(charge: Charge) -> datetime:
    """Return until when a code can be paid."""
    return datetime.fromtimestamp(int(charge.network_details[EXPIRES_AT]), UTC)


def ask_to_withdraw(work: UnitOfWork, intent: PaymentIntent, charge: Charge, why: str) -> None:
    """Open the request that nobody may pay the code any more.

    Args:
        work: The transaction, which ends before the rail is asked.
        intent: Locked, waiting for the payer.
        charge: Its latest, locked.
        why: `"cancel"`, or `"withdraw"` for another try.
    """
    charge.open_request = why
    charge.open_request_amount = charge.amount
    charge.next_poll_at = None
    intent.move_to(IntentStatus.PROCESSING)
    intent.processing_since = work.at
    intent.next_action = None
    work.update(intent, "status", "processing_since", "next_action", "cancellation_reason")
    work.update(charge, "open_request", "open_request_amount", "next_poll_at")


def _action(charge: Charge) -> JsonObject:
    kind = f"{charge.method_type}_display_qr_code"
    return {"type": kind, kind: {"data": charge.network_details[CODE]}}
