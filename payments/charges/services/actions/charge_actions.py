"""Charges whose payer has to act at the processor: asked, back again, no longer asked."""

from collections.abc import Mapping

from core.database.transactions import require_transaction
from operations.unit_of_work import UnitOfWork
from payments import method_types, pages
from payments.charges.services import delayed_outcomes, intent_events, push_charges
from payments.charges.services.actions import kept_actions
from payments.charges.services.actions.kept_actions import Attempt
from payments.models import Charge, PayerAction, PaymentIntent
from payments.states import IntentStatus
from processors.protocols.base import FollowUp, Outcome, OutcomeStatus


def is_open(intent: PaymentIntent) -> bool:
    """Tell whether an intent's charge is open at a rail that waits for the payer."""
    return push_charges.is_shown(intent) or (
        intent.status == IntentStatus.REQUIRES_ACTION and pages.is_at_processor(intent.next_action)
    )


def has_action(charge: Charge, outcome: Outcome) -> bool:
    """Tell whether the rail said what the payer has to do: that is an answer."""
    return (
        charge.open_request == "charge"
        and outcome.status is OutcomeStatus.ACTION_REQUIRED
        and not method_types.of(charge.method_type).is_push
        and (outcome.next_action is not None or kept_actions.exists(charge.id))
    )


def await_payer(work: UnitOfWork, charge: Charge, outcome: Outcome) -> None:
    """Let the intent wait for the payer; nothing is booked until the rail says how it ended.

    Args:
        work: The unit of work.
        charge: The charge, with its intent; a repeated outcome only moves the next poll.
        outcome: What the rail says.
    """
    require_transaction()
    intent = charge.payment_intent
    attempt = Attempt(charge.id, intent.id, charge.tenant)
    is_news = kept_actions.keep(work, attempt, outcome.next_action)
    charge.next_poll_at = delayed_outcomes.next_poll_at(charge, at=work.at)
    if intent.status == IntentStatus.REQUIRES_ACTION:
        work.update(charge, "next_poll_at")
    else:
        # Its answer came: nobody need repair it.
        work.change(
            intent,
            status=IntentStatus.REQUIRES_ACTION,
            processing_since=None,
            next_action=pages.at_processor(
                charge.id, intent.return_url, method_types.of(charge.method_type).display
            ),
        )
        work.update(
            charge,
            "next_poll_at",
            "processor_reference",
            "network_details",
            "risk",
            "statement_text",
        )
    if is_news:
        intent_events.emit("payment_intent.requires_action", intent, work)


def process_on(work: UnitOfWork, charge: Charge, outcome: Outcome) -> list[str]:
    """Let an intent process on whose payer is done, though the rail has no last word yet.

    Returns:
        The columns of the charge that changed; the caller writes them.
    """
    is_waiting = pages.is_at_processor(charge.payment_intent.next_action)
    if outcome.status is OutcomeStatus.UNKNOWN or not is_waiting:
        return []
    return _process(work, charge)


def resume(work: UnitOfWork, charge: Charge, row: PayerAction, returned: Mapping[str, str]) -> None:
    """Let an intent process on while the rail is asked what the payer did.

    Args:
        work: The unit of work, which ends before the rail is asked.
        charge: The charge, locked, with its intent that waits for the payer.
        row: What the payer had to do.
        returned: What the browser brought back.
    """
    kept_actions.note_return(work, row, returned)
    work.update(charge, *_process(work, charge))


def ask_completed(charge: Charge) -> Outcome | None:
    """Ask the rail of a charge whose payer is back; None if the payer is not, or it need not."""
    if charge.open_request != "charge":
        return None
    request = FollowUp(
        key=charge.id,
        charge_key=charge.id,
        amount=charge.amount,
        currency=charge.currency,
        instrument=charge.payment_method.instrument,
        charge_reference=charge.processor_reference,
    )
    return kept_actions.ask_completed(charge.processor, request)


def _process(work: UnitOfWork, charge: Charge) -> list[str]:
    work.change(
        charge.payment_intent,
        status=IntentStatus.PROCESSING,
        processing_since=work.at,
        next_action=None,
    )
    charge.next_poll_at = None
    return ["next_poll_at"]
