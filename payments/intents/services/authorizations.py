"""Capture authorisations, in full or in part."""

from datetime import datetime

from accounts.audit import trail
from core.tenant import Tenant
from core.updates import apply
from operations.unit_of_work import UnitOfWork
from payments.charges.services import captures
from payments.intents.services import completion, intent_locks, intent_validation
from payments.models import Charge, PaymentIntent
from payments.states import IntentStatus


def capture(
    *,
    tenant: Tenant,
    intent_id: str,
    amount_to_capture: int | None = None,
    application_fee_amount: int | None = None,
    transfer_amount: int | None = None,
    at: datetime,
    **changes: object,
) -> PaymentIntent:
    """Capture an authorisation, in full or in part; the rest is released.

    Args:
        tenant: The merchant.
        intent_id: `pi_...`.
        amount_to_capture: Minor units; None for all of it.
        application_fee_amount: A lower fee for a lower amount.
        transfer_amount: A lower transfer for a lower amount.
        at: The moment of the request.
        changes: Columns of the charge to change on the way.

    Raises:
        Missing: If the merchant has no such intent.
        UnexpectedState: If nothing is authorised.
        InvalidRequest: If more is asked for than was authorised.
    """
    with UnitOfWork(tenant, at=at) as work:
        intent = intent_locks.lock(tenant, intent_id)
        charge = intent_locks.lock_authorization(intent, "capture")
        if intent.status == IntentStatus.SUCCEEDED:
            return intent
        if charge.open_request is None:
            captures.request_capture(charge, intent, amount_to_capture)
            if application_fee_amount is not None:
                charge.application_fee_amount = application_fee_amount
            if transfer_amount is not None:
                charge.transfer_amount = transfer_amount
            apply(charge, changes)
            intent_validation.check_capture(charge, is_split_anew="split" in changes)
            open_request(
                work, intent, charge, "application_fee_amount", "transfer_amount", *changes
            )
            trail.record_operator(
                "payment_intent.captured",
                intent,
                changes={"amount_received": (None, charge.open_request_amount)},
            )
    return completion.finish(charge, intent, at=at)


def open_request(work: UnitOfWork, intent: PaymentIntent, charge: Charge, *changed: str) -> None:
    """Open a request about an authorisation."""
    intent.move_to(IntentStatus.PROCESSING)
    intent.processing_since = work.at
    work.update(intent, "status", "processing_since", "cancellation_reason")
    work.update(charge, "open_request", "open_request_amount", *changed)
