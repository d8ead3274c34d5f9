"""Who was told of some objects, and which requests were behind it."""

from collections.abc import Iterable
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from api import request_log
from console.linking import link_to
from console.words import state
from core.security.visibility import account_ids_of, of_platform
from core.types import JsonObject
from webhooks import outcomes
from webhooks.outcomes import Told

# Of each; the lists have the rest.
MOST: Final = 20


def told(
    request: HttpRequest, ids: Iterable[str], *, about: str, requests: Iterable[str | None] = ()
) -> JsonObject:
    """Return the events with their deliveries, and the requests, in three queries.

    Args:
        request: Of the person, who sees their platform's endpoints and requests.
        ids: The objects.
        about: The one of them by which the list of events is searched.
        requests: More requests that are known to have been behind it.
    """
    user = request.user
    found, more = outcomes.told_about(ids, account_ids=account_ids_of(request), most=MOST)
    asked = {row.request_id for row in found} | set(requests)
    log = of_platform(request, request_log.requests(id for id in asked if id))
    return {
        "events": [event_line(user, event) for event in found],
        "more_events": more,
        "events_page": f"{reverse('admin:webhooks_event_changelist')}?q={about}",
        "requests": [(row, link_to(user, "api_requestlog", row.id)) for row in log[:MOST]],
    }


def event_line(user: object, event: Told) -> JsonObject:
    """Return an event with its page, and what became of it at each endpoint."""
    return {
        "row": event,
        "page": link_to(user, "webhooks_event", event.id),
        "deliveries": [
            (sent, *state(sent.status), link_to(user, "webhooks_delivery", sent.id))
            for sent in event.deliveries
        ],
    }
