"""How long payers may take for a step at the processor."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from payments import method_types
from payments.models import Charge
from processors.protocols.declines import Decline
from processors.protocols.payers import EXPIRES_AT

EXPIRED: Final = Decline(
    "payment_intent_payment_attempt_expired",
    "The payer did not finish what the bank asked for in time. Provide a payment method to try "
    "again.",
)


# How long after the end of a code, or of a step at the processor, its money is still looked for.
# Whatever comes later is heard of by a notice, or read in the processor's statement.
LOOKED_FOR: Final = timedelta(days=3)
_SOONEST: Final = timedelta(minutes=1)


def next_late_poll_at(charge: Charge, *, at: datetime) -> datetime | None:
    """Return when to ask next whether a charge that has failed was paid after all.

    Args:
        charge: One that its payer had to pay by a code, or to agree to at the processor.
        at: The moment.

    Returns:
        The older it is, the later: some ten times in all. None if it is looked for no longer.
    """
    rules = method_types.of(charge.method_type)
    if not (rules.is_push or rules.is_redirect):
        return None
    ended_at = charge.created_at + timedelta(hours=settings.PAYER_ACTION_HOURS)
    if ends := charge.network_details.get(EXPIRES_AT):
        ended_at = datetime.fromtimestamp(int(ends), UTC)
    due = at + max(_SOONEST, at - charge.created_at)
    return due if due <= ended_at + LOOKED_FOR else None


def is_over(begun_at: datetime, *, at: datetime) -> bool:
    """Tell whether an attempt has waited for its payer for too long.

    Codes that payers scan have an end of their own, which their processor says.

    Args:
        begun_at: When the attempt was made.
        at: The moment.
    """
    return at >= begun_at + timedelta(hours=settings.PAYER_ACTION_HOURS)
