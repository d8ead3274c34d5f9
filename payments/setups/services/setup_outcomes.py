"""Outcomes of attempts to save a payment method."""

from collections.abc import Sequence

from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges.services.actions import generated_debits
from payments.methods.services import mandates, payment_methods
from payments.methods.services.instruments import known_instruments
from payments.models import SetupAttempt, SetupIntent
from payments.setups.services import setup_events
from payments.states import SetupAttemptStatus, SetupStatus
from processors.protocols.base import Outcome
from processors.protocols.declines import Decline


def error_of(decline: Decline) -> JsonObject:
    """Return the wire's error of a decline."""
    error = {
        "code": decline.code,
        "message": decline.message,
        "decline_code": decline.decline_code,
        "advice_code": decline.advice,
        "network_decline_code": decline.network_code,
        "type": "card_error",
    }
    return {name: value for name, value in error.items() if value is not None}


def fail(
    work: UnitOfWork,
    intent: SetupIntent,
    attempt: SetupAttempt,
    *,
    error: JsonObject,
    columns: Sequence[str],
) -> None:
    """Fail an attempt, and let its intent take another method."""
    attempt.move_to(SetupAttemptStatus.FAILED)
    attempt.setup_error = error | {
        "payment_method": resources.payment_method(attempt.payment_method)
    }
    work.update(attempt, "status", "setup_error", *columns)
    work.change(
        intent,
        status=SetupStatus.REQUIRES_PAYMENT_METHOD,
        payment_method=None,
        processing_since=None,
        next_action=None,
        last_setup_error=attempt.setup_error,
    )
    setup_events.emit("setup_intent.setup_failed", intent, work)


def succeed(work: UnitOfWork, intent: SetupIntent, attempt: SetupAttempt, outcome: Outcome) -> None:
    """Save the method, with its mandate, its name at the processor, and to its customer."""
    method = attempt.payment_method
    learned = known_instruments.learn(work, method, attempt.processor, outcome, keeps=True)
    attempt.move_to(SetupAttemptStatus.SUCCEEDED)
    debited = outcome.debited_later
    kept = generated_debits.of_setup(work, intent, attempt, debited) if debited else method
    mandate = mandates.draft_for_setup(intent, kept, at=work.at)
    if mandate:
        work.insert(mandate)
    if kept is not method:
        attempt.details = dict(outcome.details) | {
            "generated_sepa_debit": kept.id,
            "generated_sepa_debit_mandate": mandate.id if mandate else None,
        }
    work.update(attempt, "status", "processor_reference", "details")
    mandate_id = mandate.id if mandate else intent.mandate_id
    work.change(
        intent,
        status=SetupStatus.SUCCEEDED,
        processing_since=None,
        next_action=None,
        mandate_id=mandate_id,
    )
    setup_events.emit("setup_intent.succeeded", intent, work)
    if kept is method and (intent.customer_id or learned):
        payment_methods.attach_charged(work, method, intent.tenant, intent.customer_id, *learned)
