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
from processors.protocols.payers import CODE, EXPIRES_AT, STORES

# The payer looks at a screen that is to say that it was paid.
_LATEST: Final = timedelta(seconds=15)
# Who is given longer leaves the screen, and comes back to it.
_LOOKED_AT: Final = timedelta(hours=6)
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
    """Return when to poll next whether a code was paid: one that lasts for days, less often."""
    soon = delayed_outcomes.next_poll_at(charge, at=at)
    is_long = expires_at(charge) - charge.created_at > _LOOKED_AT
    return soon if is_long else min(at + _LATEST, soon)


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
    kind = method_types.of(charge.method_type).display
    known = charge.network_details
    ends = int(known[EXPIRES_AT])
    if charge.method_type == "konbini":
        stores = {
            store: {
                "confirmation_number": known[f"{store}_number"],
                "payment_code": known[f"{store}_code"],
            }
            for store in STORES
        }
        return {"type": kind, kind: {"expires_at": ends, "stores": stores}}
    code: JsonObject = {"data": known[CODE]}
    if charge.method_type in _DATED:
        code["expires_at"] = ends
    return {"type": kind, kind: {"qr_code": code} if charge.method_type == "swish" else code}


# Until when these can be paid, the wire says.
_DATED: Final = frozenset({"pix", "swish"})
