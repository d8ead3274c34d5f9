"""Events as `/v2/core/events` has them."""

from datetime import datetime, timedelta
from typing import Final

from api.v2 import V2View, list_page
from api.views import ApiRequest
from core.errors import InvalidRequest
from core.types import JsonObject
from webhooks import params as p
from webhooks import queries, thin

Wire = JsonObject

_SHOWN_FOR: Final = timedelta(days=30)


class ThinEventsView(V2View):
    resource = "events"
    params = {"GET": p.ListThinEventsParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.all_events(request.caller.tenant, since=request.at - _SHOWN_FOR)
        for name, text in params.get("created", {}).items():
            rows = rows.filter(**{f"created_at__{name}": _moment(text, f"created[{name}]")})
        if "object_id" in params:
            rows = rows.filter(object_id=params["object_id"])
        if "types" in params:
            rows = rows.filter(type__in=[one.removeprefix(thin.PREFIX) for one in params["types"]])
        context = _context(request)
        return list_page(
            rows, request, params, lambda row: thin.full(row, context=context), kind="event"
        )


class ThinEventView(V2View):
    resource = "events"

    def get(self, request: ApiRequest, params: Wire, event_id: str) -> Wire:
        event = queries.any_event(request.caller.tenant, event_id, since=request.at - _SHOWN_FOR)
        return thin.full(event, context=_context(request))


def _context(request: ApiRequest) -> str | None:
    """Return the account that a platform reads the events of."""
    caller = request.caller
    return caller.tenant.account_id if caller.platform is not None else None


def _moment(text: str, path: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidRequest(
            f"Invalid {path}: {text[:40]}. Write a moment as 2030-01-01T00:00:00Z.", param=path
        )
    return found
