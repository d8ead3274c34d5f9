"""What was authorised and not captured in time is let go."""

import logging
from datetime import datetime
from typing import Final

from payments.intents.services import confirmation, payment_intents
from payments.models import PaymentIntent
from payments.states import IntentStatus

logger = logging.getLogger(__name__)

REASON: Final = "automatic"


def expire(*, at: datetime) -> int:
    """Cancel the intents whose authorisation has run out.

    One that is being captured or voided at this moment is left to that.

    Args:
        at: Now.

    Returns:
        How many were canceled.
    """
    late = PaymentIntent.objects.filter(
        capture_before__lte=at, status=IntentStatus.REQUIRES_CAPTURE
    ).order_by("capture_before")
    ended = 0
    for intent in late[:500]:
        try:
            after = payment_intents.cancel(
                tenant=intent.tenant, intent_id=intent.id, cancellation_reason=REASON, at=at
            )
        except confirmation.UnexpectedState:
            continue
        except Exception:
            # One that somebody must look at does not keep the others waiting.
            logger.exception("%s could not be let go; it stays as it is.", intent.id)
            continue
        ended += after.status == IntentStatus.CANCELED
    return ended
