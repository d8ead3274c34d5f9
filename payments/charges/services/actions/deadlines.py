"""How long payers may take for a step at the processor."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from processors.protocols.declines import Decline

EXPIRED: Final = Decline(
    "payment_intent_payment_attempt_expired",
    "The payer did not finish what the bank asked for in time. Provide a payment method to try "
    "again.",
)


def is_over(begun_at: datetime, *, at: datetime) -> bool:
    """Tell whether an attempt has waited for its payer for too long.

    Codes that payers scan have an end of their own, which their processor says.

    Args:
        begun_at: When the attempt was made.
        at: The moment.
    """
    return at >= begun_at + timedelta(hours=settings.PAYER_ACTION_HOURS)
