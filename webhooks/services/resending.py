"""Sending again, all at once, what an endpoint has not accepted."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from accounts.audit import trail
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.errors import InvalidRequest
from webhooks import queries
from webhooks.models import Delivery, Endpoint
from webhooks.services import deliveries, hints
from webhooks.states import DeliveryStatus

# At once; whoever wants the rest asks again.
MOST_RESENT: Final = 5_000
# What is older is as old as the list of events.
RESENT_FOR: Final = timedelta(days=30)


def resend_unaccepted(
    *, endpoint: Endpoint, at: datetime, most: int = MOST_RESENT
) -> tuple[int, bool]:
    """Make due again what an endpoint has not accepted in thirty days, the oldest first.

    Workers send it in the background, as many at a time as the endpoint takes. What is on its
    way at this moment is sent once more.

    Args:
        endpoint: The endpoint.
        at: The moment.
        most: How many at once.

    Returns:
        How many will be sent, and whether there are more.

    Raises:
        InvalidRequest: If the endpoint is disabled or deleted, or there is nothing to be sent.
    """
    deliveries.check_endpoint(endpoint)
    rows = queries.unaccepted(endpoint.id, since=RESENT_FOR).order_by("id")
    with atomic():
        locked = lock_rows(rows, skip_locked=True)
        found = list(locked.values_list("id", flat=True)[: most + 1])
        ids = found[:most]
        if not ids:
            raise InvalidRequest("Nothing has failed here in 30 days, so there is nothing to send.")
        # Every state that is not accepted may go back to the beginning.
        Delivery.objects.filter(id__in=ids).update(
            status=DeliveryStatus.PENDING,
            next_attempt_at=at,
            ended_at=None,
            attempts_before_resend=F("attempt_count"),
        )
        Endpoint.objects.filter(id=endpoint.id).exclude(paused_until=None).update(paused_until=None)
        trail.record("endpoint.failed_resent", endpoint, changes={"deliveries": (None, len(ids))})
        hints.publish_after_commit(hints.DELIVERIES)
    return len(ids), len(found) > most
