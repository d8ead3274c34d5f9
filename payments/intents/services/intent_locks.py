"""Locks of intents and of their charges."""

from core.tenant import Tenant
from operations import locking, recovery
from payments.charges.services import charges
from payments.intents.services import attempt_errors
from payments.models import Charge, PaymentIntent
from payments.states import IntentStatus


def lock(tenant: Tenant, intent_id: str) -> PaymentIntent:
    """Return a merchant's intent, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    rows = PaymentIntent.objects.all()
    return locking.lock(rows, tenant, intent_id, kind="payment_intent", param="intent")


def lock_authorization(intent: PaymentIntent, verb: str) -> Charge:
    """Return the charge that holds a locked intent's authorisation, locked too."""
    # A capture or void that was cut off is taken up again by the request's repetition.
    done = IntentStatus.SUCCEEDED if verb == "capture" else IntentStatus.PROCESSING
    resumable = recovery.is_under_way() and intent.status in (IntentStatus.PROCESSING, done)
    if intent.status != IntentStatus.REQUIRES_CAPTURE and not resumable:
        raise attempt_errors.unexpected_state(intent, verb, (IntentStatus.REQUIRES_CAPTURE,))
    return lock_charge(intent)


def lock_charge(intent: PaymentIntent) -> Charge:
    """Return a locked intent's latest charge, locked too."""
    charge = charges.lock(intent.tenant, str(intent.latest_charge_id))
    charge.payment_intent = intent
    return charge
