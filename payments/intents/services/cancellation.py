"""Cancel intents, and release authorisations that were not captured in time."""

from datetime import datetime
from typing import Final

from accounts.audit import trail
from core.tenant import Tenant
from operations import polling, recovery
from operations.unit_of_work import UnitOfWork
from payments.charges import holders
from payments.charges.services import intent_events, push_charges
from payments.charges.services.actions import charge_actions
from payments.intents.services import (
    attempt_errors,
    authorizations,
    completion,
    intent_locks,
    payer_actions,
    withdrawals,
)
from payments.models import PaymentIntent
from payments.states import WAITING, IntentStatus

REASON: Final = "automatic"


def cancel(
    *,
    tenant: Tenant,
    intent_id: str,
    cancellation_reason: str | None = None,
    held_by: str | None = None,
    at: datetime,
) -> PaymentIntent:
    """Cancel an intent, and release its authorisation.

    Args:
        tenant: The merchant.
        intent_id: `pi_...`.
        cancellation_reason: A word of the wire, such as `"duplicate"`.
        held_by: The holder that cancels it; None for anybody else.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such intent.
        UnexpectedState: If it is processing, paid or canceled.
    """
    recovering = recovery.is_under_way()
    with UnitOfWork(tenant, at=at) as work:
        intent = intent_locks.lock(tenant, intent_id)
        if recovering and intent.status == IntentStatus.CANCELED:
            return intent
        _check_holder(intent, held_by)
        if charge_actions.is_open(intent):
            intent.cancellation_reason = cancellation_reason
            charge = withdrawals.open_request(work, intent, "cancel")
            trail.record_operator("payment_intent.canceled", intent)
        elif intent.status in WAITING:
            if intent.status == IntentStatus.REQUIRES_ACTION:
                payer_actions.cancel_authentication(work, intent, at=at)
            work.change(
                intent,
                status=IntentStatus.CANCELED,
                canceled_at=at,
                cancellation_reason=cancellation_reason,
                next_action=None,
            )
            intent_events.emit("payment_intent.canceled", intent, work)
            trail.record_operator("payment_intent.canceled", intent)
            return intent
        else:
            charge = intent_locks.lock_authorization(intent, "cancel")
            if charge.open_request is None:
                charge.open_request = "void"
                charge.open_request_amount = 0
                intent.cancellation_reason = cancellation_reason
                authorizations.open_request(work, intent, charge)
                trail.record_operator("payment_intent.canceled", intent)
    if charge.open_request in push_charges.WITHDRAWALS:
        intent = withdrawals.finish(charge, at=at)
        if intent.status == IntentStatus.SUCCEEDED:
            raise attempt_errors.unexpected_state(intent, "cancel", WAITING)
        return intent
    return completion.finish(charge, intent, at=at)


def _check_holder(intent: PaymentIntent, held_by: str | None) -> None:
    holders.check(intent, held_by, "cancel", even_in=(IntentStatus.REQUIRES_CAPTURE,))
    if held_by and intent.status == IntentStatus.REQUIRES_CAPTURE:
        # It was authorised a moment ago: a holder ends only what still waits for its payer.
        raise attempt_errors.unexpected_state(intent, "cancel", WAITING)


def expire(*, at: datetime) -> int:
    """Cancel the intents whose authorisation has expired.

    One that is being captured or voided at this moment is left to that.

    Args:
        at: Now.

    Returns:
        How many were canceled.
    """
    late = PaymentIntent.objects.filter(
        capture_before__lte=at, status=IntentStatus.REQUIRES_CAPTURE
    ).order_by("capture_before")

    def let_go(intent: PaymentIntent) -> bool:
        try:
            after = cancel(
                tenant=intent.tenant, intent_id=intent.id, cancellation_reason=REASON, at=at
            )
        except attempt_errors.UnexpectedState:
            return False
        return after.status == IntentStatus.CANCELED

    return polling.each(late[:500], let_go, failure="%s could not be let go; it stays as it is.")
