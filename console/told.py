"""Who was told of some objects, and which requests were behind it."""

from collections.abc import Iterable
from typing import Final

from django.urls import reverse

from api import request_log
from console.linking import link_to
from console.words import DELIVERIES
from core.types import JsonObject
from webhooks import queries as events

# Of each; the lists have the rest.
MOST: Final = 20


def told(
    user: object, ids: Iterable[str], *, about: str, requests: Iterable[str | None] = ()
) -> JsonObject:
    """Return the events with their deliveries, and the requests, in three queries.

    Args:
        user: Who asks; `request.user`.
        ids: The objects.
        about: The one of them by which the list of events is searched.
        requests: More requests that are known to have been behind it.
    """
    found, more = events.told_about(ids, most=MOST)
    asked = {row.request_id for row in found} | set(requests)
    return {
        "events": [
            {
                "row": event,
                "page": link_to(user, "webhooks_event", event.id),
                "deliveries": [
                    (sent, *DELIVERIES[sent.status], link_to(user, "webhooks_delivery", sent.id))
                    for sent in event.deliveries
                ],
            }
            for event in found
        ],
        "more_events": more,
        "events_page": f"{reverse('admin:webhooks_event_changelist')}?q={about}",
        "requests": [
            (row, link_to(user, "api_requestlog", row.id))
            for row in request_log.requests(id for id in asked if id)[:MOST]
        ],
    }
