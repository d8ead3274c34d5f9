"""Pings: events that say nothing but that a destination is reached."""

from datetime import datetime

from core.database.transactions import atomic
from core.errors import InvalidRequest
from webhooks import thin
from webhooks.models import Endpoint, Event
from webhooks.services import events


def send(endpoint: Endpoint, *, at: datetime) -> Event:
    """Send a ping to a destination, and to no other, whatever it asked to hear of.

    Args:
        endpoint: The destination.
        at: The moment of the request.

    Raises:
        InvalidRequest: If it is disabled.
    """
    if not endpoint.is_enabled:
        raise InvalidRequest(
            "This destination is disabled, so nothing is sent there. Enable it first.", param="id"
        )
    about = {"id": endpoint.id, "object": thin.DESTINATION}
    with atomic():
        event = events.event(thin.PING, tenant=endpoint.tenant, resource=about, at=at)
        event.save(force_insert=True)
    return event
