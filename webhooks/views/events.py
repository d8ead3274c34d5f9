from datetime import timedelta

from api.lists import pagination
from api.views import ApiRequest, ApiView, version_of
from core.errors import InvalidRequest
from core.types import JsonObject
from webhooks import params as p
from webhooks import queries, rendering
from webhooks.listening import listeners
from webhooks.models import Event
from webhooks.services import deliveries

Wire = JsonObject

_SHOWN_FOR = timedelta(days=30)


class EventsView(ApiView):
    resource = "events"
    params = {"GET": p.ListEventsParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.events(request.caller.tenant, since=request.at - _SHOWN_FOR)
        rows = pagination.created_within(rows, params.get("created"))
        if "type" in params and "types" in params:
            raise InvalidRequest("You may only specify one of these parameters: type, types.")
        if "type" in params:
            wanted = params["type"]
            rows = (
                rows.filter(type__startswith=wanted[:-1])
                if wanted.endswith("*")
                else rows.filter(type=wanted)
            )
        if "types" in params:
            rows = rows.filter(type__in=params["types"])
        if "delivery_success" in params:
            rows = queries.by_success(rows, succeeded=params["delivery_success"])
        found, has_more = pagination.page(rows, params, kind="event")
        pending = queries.pending_counts(row.id for row in found)
        shown = rendering.events(
            found,
            pending=pending,
            is_connect=_is_connect(request),
            version=version_of(request),
            at=request.at,
        )
        return {"object": "list", "data": shown, "has_more": has_more, "url": request.path}


class EventView(ApiView):
    resource = "events"

    def get(self, request: ApiRequest, params: Wire, event_id: str) -> Wire:
        event = queries.event(request.caller.tenant, event_id, since=request.at - _SHOWN_FOR)
        return _render(request, event, is_connect=_is_connect(request))


class RetryEventView(ApiView):
    resource = "events"
    params = {"POST": p.RetryEventParams}
    answers = {"POST": "event"}

    def post(self, request: ApiRequest, params: Wire, event_id: str) -> Wire:
        """Send an event again: to all of the caller's that had it and that listen, or to one."""
        caller = request.caller
        seller = params.get("account")
        whose = queries.connected_account(caller.tenant, seller) if seller else caller.tenant
        event = queries.event(whose, event_id, since=request.at - _SHOWN_FOR)
        # A platform that acts for a seller may mean its own endpoints or the seller's.
        theirs = {caller.tenant.account_id, caller.owner.account_id}
        named = params.get("webhook_endpoint")
        ids = queries.delivery_ids(
            event,
            theirs,
            endpoint_id=named,
            only_listening=params.get("for_stripecli", False) and not named,
        )
        for delivery_id in ids:
            deliveries.resend(delivery_id=delivery_id, at=request.at)
        if not named:
            listeners.tell(event, theirs, at=request.at)
        return _render(request, event, is_connect=bool(seller) or _is_connect(request))


def _is_connect(request: ApiRequest) -> bool:
    """Return whether a platform reads a connected account's events."""
    return request.caller.platform is not None


def _render(request: ApiRequest, event: Event, *, is_connect: bool) -> Wire:
    (shown,) = rendering.events(
        [event],
        pending=queries.pending_counts([event.id]),
        is_connect=is_connect,
        version=version_of(request),
        at=request.at,
    )
    return shown
