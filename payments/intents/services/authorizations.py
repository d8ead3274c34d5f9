"""Expire authorisations that were not captured in time."""

from datetime import datetime
from typing import Final

from operations import polling
from payments.intents.services import confirmation, payment_intents
from payments.models import PaymentIntent
from payments.states import IntentStatus

REASON: Final = "automatic"


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
            after = payment_intents.cancel(
                tenant=intent.tenant, intent_id=intent.id, cancellation_reason=REASON, at=at
            )
        except confirmation.UnexpectedState:
            return False
        return after.status == IntentStatus.CANCELED

    return polling.each(late[:500], let_go, failure="%s could not be let go; it stays as it is.")
