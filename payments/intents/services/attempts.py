"""Attempts: the intent is processing, with a pending charge."""

from datetime import datetime
from typing import Final

from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from operations.unit_of_work import UnitOfWork
from payments.charges.services import started_charges
from payments.methods.confirmation_options import NO_OPTIONS, ConfirmationOptions
from payments.methods.services import mandates, payment_methods
from payments.models import Authentication, Charge, PaymentIntent, PaymentMethod
from payments.states import IntentStatus
from payments.three_d_secure.services import evidence
from processors import registry

# The columns of an intent that starting an attempt changes.
STARTED: Final = (
    "status", "payment_method", "latest_charge_id", "processing_since", "last_payment_error",
    "next_action", "authentication_id", "return_url",
)  # fmt: skip


def start(
    work: UnitOfWork,
    intent: PaymentIntent,
    method: PaymentMethod,
    *,
    at: datetime,
    charge_id: str | None = None,
    authentication: Authentication | None = None,
    session: ConfirmationOptions | None = None,
) -> Charge:
    """Start an attempt: the intent is processing, with a pending charge.

    Args:
        work: The unit of work.
        intent: The intent, locked or new.
        method: Its payment method.
        at: The moment of the request.
        charge_id: A reserved id.
        authentication: Of the payer, used by this attempt.
        session: How the merchant confirms; None if the payer has just been asked.

    Raises:
        InvalidRequest: If there is no rail for it, or live payments are switched off.
    """
    require_transaction()
    try:
        charge = started_charges.build(
            intent,
            method,
            charge_id=charge_id or new_id("ch"),
            is_off_session=session is not None and session.is_off,
            at=at,
        )
    except registry.NoRail as error:
        raise InvalidRequest(str(error), code=error.default_code) from error
    if authentication is not None:
        authentication.charge_id = charge.id
        charge.three_d_secure = evidence.render(authentication)
    charge.is_payer_present = session is None or not (session.is_off or session.refuses_actions)
    mandates.use_for(work, charge, session or NO_OPTIONS)
    intent.move_to(IntentStatus.PROCESSING)
    intent.latest_charge_id = charge.id
    intent.processing_since = at
    intent.last_payment_error = None
    intent.next_action = None
    work.insert(charge)
    if not intent.setup_future_usage:
        payment_methods.mark_used(work, method)
    return charge
