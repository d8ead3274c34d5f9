"""Outcomes of charges, captures and voids: there is one place where a charge succeeds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments import method_types, resources
from payments.charges import card_signals
from payments.charges.services import (
    captures,
    delayed_outcomes,
    intent_events,
    push_charges,
    unresolved_requests,
)
from payments.charges.services.actions import charge_actions, deadlines, generated_debits
from payments.charges.services.fee_schedules import Pricing
from payments.charges.services.routed import next_attempts
from payments.methods.services import mandates, payment_methods
from payments.methods.services.instruments import known_instruments
from payments.models import Charge
from payments.states import AUTHORIZED_FOR, ChargeStatus, IntentStatus
from processors.protocols.base import REFUSED, Outcome, OutcomeStatus


def record_last_word(work: UnitOfWork, charge: Charge, outcome: Outcome, pricing: Pricing) -> None:
    """Record a last word about a charge's open request.

    Args:
        work: The unit of work.
        charge: The charge, with its intent, locked or unchanged since it was made.
        outcome: The rail's answer, about the amount that was asked for.
        pricing: What the operator charges.
    """
    _RECORDERS[str(charge.open_request)](work, charge, outcome, pricing)


def _record_charge(work: UnitOfWork, charge: Charge, outcome: Outcome, pricing: Pricing) -> None:
    # While the payer acts, some rails do not say it again.
    charge.processor_reference = outcome.reference or charge.processor_reference
    charge.network_details = dict(outcome.details)
    if outcome.network_transaction_id:
        charge.network_details["network_transaction_id"] = outcome.network_transaction_id
    charge.risk = outcome.risk
    _note_try(charge, outcome)
    if outcome.status in REFUSED:
        _fail(work, charge, outcome)
    elif outcome.status is OutcomeStatus.ACTION_REQUIRED:
        if method_types.of(charge.method_type).is_push:
            push_charges.await_payer(work, charge)
        else:
            charge_actions.await_payer(work, charge, outcome)
    elif outcome.status is OutcomeStatus.PENDING:
        delayed_outcomes.accept(work, charge, outcome)
    elif charge.payment_intent.capture_method == "manual":
        learned = _learn(work, charge, outcome)
        _authorize(work, charge, learned)
        _keep_method(work, charge, learned.method)
    else:
        learned = _learn(work, charge, outcome)
        if kept := generated_debits.of_charge(work, charge, outcome.debited_later):
            learned = _Learned((*learned.charge, *kept), learned.method)
        charge.move_to(ChargeStatus.SUCCEEDED)
        is_open = charge.next_poll_at is not None and not outcome.is_final
        charge.next_poll_at = delayed_outcomes.next_poll_at(charge, at=work.at) if is_open else None
        captures.book(work, charge, outcome, pricing, also=learned.charge)
        _keep_method(work, charge, learned.method)


def _note_try(charge: Charge, outcome: Outcome) -> None:
    if charge.method_type == "card":
        card_signals.note(
            charge.tenant,
            outcome,
            fingerprint=str(charge.card.get("fingerprint") or ""),
            amount=charge.amount,
            currency=charge.currency,
        )


def _record_capture(work: UnitOfWork, charge: Charge, outcome: Outcome, pricing: Pricing) -> None:
    if outcome.status in REFUSED:
        _restore_authorization(work, charge)
    else:
        captures.book(work, charge, outcome, pricing)


def _record_void(work: UnitOfWork, charge: Charge, outcome: Outcome, _: Pricing) -> None:
    if outcome.status in REFUSED:
        _restore_authorization(work, charge)
        return
    intent = charge.payment_intent
    work.change(
        intent,
        status=IntentStatus.CANCELED,
        processing_since=None,
        canceled_at=work.at,
        amount_capturable=0,
        capture_before=None,
    )
    work.change(charge, open_request=None)
    work.emit("charge.expired", charge.tenant, resources.charge(charge))
    intent_events.emit("payment_intent.canceled", intent, work)


def _record_withdrawal(
    work: UnitOfWork, charge: Charge, outcome: Outcome, pricing: Pricing
) -> None:
    why = charge.open_request
    if outcome.status not in REFUSED:
        # The payer was faster.
        charge.open_request = "charge"
        _record_charge(work, charge, outcome, pricing)
        return
    if why == "expire":
        _end_expired(work, charge, outcome)
        return
    _end_failed(work, charge, outcome)
    intent = charge.payment_intent
    intent.processing_since = None
    if why == "cancel":
        intent.move_to(IntentStatus.CANCELED)
        intent.canceled_at = work.at
    else:
        intent.move_to(IntentStatus.REQUIRES_CONFIRMATION)
    work.update(intent, "status", "processing_since", "canceled_at")
    _write_failed(work, charge)
    if why == "cancel":
        intent_events.emit("payment_intent.canceled", intent, work)


def _end_expired(work: UnitOfWork, charge: Charge, outcome: Outcome) -> None:
    """Fail an attempt whose payer was gone for too long; the intent takes another method."""
    if outcome.decline is not None and outcome.decline.code == "canceled":
        outcome = replace(outcome, decline=deadlines.EXPIRED)
    _end_failed(work, charge, outcome)
    _ask_for_another_method(work, charge, kind="invalid_request_error")


# The columns of a charge that a refusal changes.
_ENDED: Final = (
    "status", "open_request", "failure", "processor_reference", "network_details", "risk",
    "next_poll_at", "statement_text",
)  # fmt: skip

_RECORDERS = {
    "charge": _record_charge,
    "capture": _record_capture,
    "void": _record_void,
    "cancel": _record_withdrawal,
    "withdraw": _record_withdrawal,
    "expire": _record_withdrawal,
}


def _fail(work: UnitOfWork, charge: Charge, outcome: Outcome) -> None:
    if follower := next_attempts.after(charge, outcome, at=work.at):
        _hand_on(work, charge, outcome, follower)
        return
    _end_failed(work, charge, outcome)
    rules = method_types.of(charge.method_type)
    is_payers = rules.is_push or rules.is_redirect
    kind = "invalid_request_error" if is_payers else "card_error"
    _ask_for_another_method(work, charge, kind=kind)


def _ask_for_another_method(work: UnitOfWork, charge: Charge, *, kind: str) -> None:
    """Tell an intent why its charge failed, and let it take another payment method."""
    intent, method = charge.payment_intent, charge.payment_method
    error = error_of(charge) | {
        "payment_method": resources.payment_method(method),
        "type": kind,
    }
    shown: JsonObject = {"next_action": None} if intent.next_action else {}
    work.change(
        intent,
        status=IntentStatus.REQUIRES_PAYMENT_METHOD,
        payment_method=None,
        processing_since=None,
        last_payment_error=error,
        **shown,
    )
    _write_failed(work, charge)
    intent_events.emit("payment_intent.payment_failed", intent, work)


def _hand_on(work: UnitOfWork, charge: Charge, outcome: Outcome, follower: Charge) -> None:
    """Record that an account refused, and that another one is asked: the payment goes on."""
    _end_failed(work, charge, outcome)
    charge.failure = (charge.failure or {}) | {next_attempts.FOLLOWED_BY: follower.id}
    work.change(charge.payment_intent, latest_charge_id=follower.id, processing_since=work.at)
    work.update(charge, *_ENDED)
    work.insert(follower)
    work.emit("charge.failed", charge.tenant, resources.charge(charge))


def _end_failed(work: UnitOfWork, charge: Charge, outcome: Outcome) -> None:
    charge.move_to(ChargeStatus.FAILED)
    charge.open_request = None
    # The payer's bank may send the money all the same.
    charge.next_poll_at = deadlines.next_late_poll_at(charge, at=work.at)
    charge.failure = delayed_outcomes.failure(outcome)


def _write_failed(work: UnitOfWork, charge: Charge) -> None:
    """Write how a charge has ended, and let its payment method be tried again."""
    work.update(charge, *_ENDED)
    payment_methods.release(work, charge.payment_method, used_at=charge.created_at)
    mandates.give_up(work, charge)
    work.emit("charge.failed", charge.tenant, resources.charge(charge))


def error_of(charge: Charge) -> JsonObject:
    """Return the wire's error of a declined charge."""
    failure = charge.failure or {}
    return delayed_outcomes.render_failure(failure) | {"charge": charge.id}


class _Learned(NamedTuple):
    """The columns of a charge and of its method that the processor's answer has changed."""

    charge: Sequence[str]
    method: Sequence[str]


def _learn(work: UnitOfWork, charge: Charge, outcome: Outcome) -> _Learned:
    """Learn what the processor says of the card; of most test cards it says nothing."""
    says = (outcome.card, outcome.account, outcome.instrument, outcome.network_transaction_id)
    if not any(says):
        return _Learned((), ())
    intent, method = charge.payment_intent, charge.payment_method
    keeps = bool(intent.setup_future_usage or method.customer_id)
    columns = known_instruments.learn(work, method, charge.processor, outcome, keeps=keeps)
    before, charge.card = charge.card, {**charge.card, **resources.card_of(method)}
    return _Learned(("card",) if charge.card != before else (), columns)


def _keep_method(work: UnitOfWork, charge: Charge, learned: Sequence[str]) -> None:
    """Save a charge's payment method to its customer, if the payer agreed to later charges."""
    intent = charge.payment_intent
    is_itself = not method_types.of(charge.method_type).keeps_as
    keeper = intent.customer_id if intent.setup_future_usage and is_itself else None
    if keeper or learned:
        payment_methods.attach_charged(work, charge.payment_method, charge.tenant, keeper, *learned)


def _authorize(work: UnitOfWork, charge: Charge, learned: _Learned) -> None:
    intent = charge.payment_intent
    charge.move_to(ChargeStatus.SUCCEEDED)
    charge.open_request = None
    charge.next_poll_at = None
    shown: JsonObject = {"next_action": None} if intent.next_action else {}
    work.change(
        intent,
        status=IntentStatus.REQUIRES_CAPTURE,
        processing_since=None,
        amount_capturable=charge.amount,
        capture_before=work.at + AUTHORIZED_FOR,
        **shown,
    )
    work.update(
        charge,
        "status",
        "open_request",
        "next_poll_at",
        "processor_reference",
        "network_details",
        "risk",
        "statement_text",
        *learned.charge,
    )
    work.emit("charge.succeeded", charge.tenant, resources.charge(charge))
    intent_events.emit("payment_intent.amount_capturable_updated", intent, work)


def _restore_authorization(work: UnitOfWork, charge: Charge) -> None:
    intent = charge.payment_intent
    work.change(intent, status=IntentStatus.REQUIRES_CAPTURE, processing_since=None)
    work.change(charge, open_request=None, refused_requests=charge.refused_requests + 1)
    # Asked for again, the charge is open again: what was answered is not to be asked after.
    unresolved_requests.close(charge.id)
