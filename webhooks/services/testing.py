"""Sending an endpoint a test event, which goes the way of all others."""

from datetime import datetime

from accounts.audit import trail
from core.database.transactions import atomic
from webhooks import resources
from webhooks.catalog import TEST_EVENT
from webhooks.models import Endpoint, Event
from webhooks.services import deliveries, events


def send(*, endpoint: Endpoint, at: datetime) -> Event:
    """Send a test event to one endpoint.

    Args:
        endpoint: The endpoint.
        at: The moment.

    Raises:
        InvalidRequest: If it is disabled or deleted.
    """
    deliveries.check_endpoint(endpoint)
    with atomic():
        wire = resources.webhook_endpoint(endpoint)
        event = events.event(TEST_EVENT, tenant=endpoint.tenant, resource=wire, at=at)
        event.save(force_insert=True)
        trail.record("endpoint.tested", endpoint, changes={"event": (None, event.id)})
    return event
