"""Destinations of events, as `/v2/core/event_destinations` has them: endpoints by another name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from api.access import permissions
from api.access.caller import Caller
from api.older import versions
from api.v2 import V2View, list_page
from api.views import ApiRequest
from core.errors import InvalidRequest
from core.types import Fields, JsonObject
from webhooks import params as p
from webhooks import queries, thin
from webhooks.models import Endpoint
from webhooks.services import endpoints, pings

Wire = JsonObject

_SECRET: Final = "webhook_endpoint.signing_secret"  # noqa: S105  the name of a field
_URL: Final = "webhook_endpoint.url"
_SELF: Final = "@self"
_ACCOUNTS: Final = "@accounts"


class DestinationsView(V2View):
    resource = "webhook_endpoints"
    params = {"POST": p.CreateDestinationParams, "GET": p.ListDestinationsParams}

    def check_access(self, caller: Caller, params: Fields, method: str) -> None:
        """Refuse an application to hear of sellers who have not been asked."""
        if _ACCOUNTS in (params.get("events_from") or ()):
            permissions.check_separate(caller, "sellers", method="GET")

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        include = _included(params, _URL, _SECRET)
        is_thin = params["event_payload"] == "thin"
        version = params.get("snapshot_api_version")
        if version is not None:
            _check_version(version, request, is_thin=is_thin)
        if "webhook_endpoint" not in params:
            raise InvalidRequest(
                "Say where events are sent to: `webhook_endpoint[url]`.",
                code="parameter_missing",
                param="webhook_endpoint",
            )
        hears = _hears(params.get("events_from"))
        with _naming_url():
            row, secret = endpoints.create(
                tenant=request.caller.tenant,
                url=params["webhook_endpoint"]["url"],
                enabled_events=_types(params["enabled_events"], is_thin=is_thin),
                is_connect=_ACCOUNTS in hears,
                also_hears_own=_SELF in hears,
                description=params.get("description"),
                api_version=version,
                metadata=params.get("metadata"),
                name=params["name"],
                is_thin=is_thin,
                at=request.at,
                **p.with_pace({n: v for n, v in params.items() if n == "delivery_settings"}),
            )
        return thin.destination(row, include=include, secret=secret)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        include = _included(params, _URL)
        rows = queries.endpoints(request.caller.tenant, made_by=_maker(request))
        return list_page(
            rows,
            request,
            params,
            lambda row: thin.destination(row, include=include),
            kind="event_destination",
        )


class DestinationView(V2View):
    resource = "webhook_endpoints"
    params = {"GET": p.RetrieveDestinationParams, "POST": p.UpdateDestinationParams}

    def get(self, request: ApiRequest, params: Wire, destination_id: str) -> Wire:
        include = _included(params, _URL)
        return thin.destination(_find(request, destination_id), include=include)

    def post(self, request: ApiRequest, params: Wire, destination_id: str) -> Wire:
        include = _included(params, _URL)
        row = _find(request, destination_id)
        changes = p.with_pace(params)
        for name in ("included", "webhook_endpoint"):
            changes.pop(name, None)
        if "webhook_endpoint" in params:
            changes["url"] = params["webhook_endpoint"]["url"]
        if "enabled_events" in changes:
            changes["enabled_events"] = _types(changes["enabled_events"], is_thin=row.is_thin)
        return thin.destination(_change(request, row, changes), include=include)

    def delete(self, request: ApiRequest, params: Wire, destination_id: str) -> Wire:
        """Delete an event destination."""
        made_by, tenant = _maker(request), request.caller.tenant
        endpoints.delete(tenant=tenant, endpoint_id=destination_id, made_by=made_by, at=request.at)
        return {"id": destination_id, "object": "v2.core.event_destination"}


class DisableView(V2View):
    resource = "webhook_endpoints"

    def post(self, request: ApiRequest, params: Wire, destination_id: str) -> Wire:
        row = _find(request, destination_id)
        return thin.destination(_change(request, row, {"is_enabled": False}))


class EnableView(V2View):
    resource = "webhook_endpoints"

    def post(self, request: ApiRequest, params: Wire, destination_id: str) -> Wire:
        row = _find(request, destination_id)
        return thin.destination(_change(request, row, {"is_enabled": True}))


class PingView(V2View):
    resource = "webhook_endpoints"

    def post(self, request: ApiRequest, params: Wire, destination_id: str) -> Wire:
        """Send a ping to an event destination, and to no other."""
        row = _find(request, destination_id)
        return thin.full(pings.send(row, at=request.at), context=None)


def _find(request: ApiRequest, destination_id: str) -> Endpoint:
    return queries.endpoint(request.caller.tenant, destination_id, made_by=_maker(request))


def _change(request: ApiRequest, row: Endpoint, changes: Wire) -> Endpoint:
    with _naming_url():
        return endpoints.update(
            tenant=request.caller.tenant,
            endpoint_id=row.id,
            changes={**changes, "updated_at": request.at},
            made_by=_maker(request),
        )


@contextmanager
def _naming_url() -> Iterator[None]:
    """Name the address as it is said here, where it is refused."""
    try:
        yield
    except InvalidRequest as error:
        if error.param == "url":
            error.param = "webhook_endpoint[url]"
        raise


def _maker(request: ApiRequest) -> str | None:
    """Return the platform whose destinations these must be: an application reaches its own."""
    return request.caller.actor_id if request.caller.by_application else None


def _included(params: Fields, *known: str) -> list[str]:
    """Return the fields to be shown besides.

    Raises:
        InvalidRequest: If there is no such field here.
    """
    asked: list[str] = params.get("included", [])
    for number, name in enumerate(asked):
        if name not in known:
            raise InvalidRequest(
                f"Invalid include[{number}]: {name[:60]} cannot be included here. These can: "
                f"{', '.join(known)}.",
                param=f"include[{number}]",
            )
    return asked


def _hears(events_from: list[str] | None) -> set[str]:
    """Return of whom a destination hears: of its own account, of connected ones, or of both.

    Raises:
        InvalidRequest: If it is to hear of nobody, or of an organization.
    """
    told = {_SELF} if events_from is None else set(events_from)
    if told and told <= {_SELF, _ACCOUNTS}:
        return told
    raise InvalidRequest(
        "`events_from` is `@self`, `@accounts` or both. There are no organizations here.",
        param="events_from",
    )


def _types(told: list[str], *, is_thin: bool) -> list[str]:
    """Return event types as they are kept, without what thin ones begin with.

    Raises:
        InvalidRequest: If thin types are told of snapshots, or the other way round.
    """
    found = []
    for number, type in enumerate(told):
        is_either = type in ("*", thin.PING)
        if not is_either and type.startswith(thin.PREFIX) != is_thin:
            also = f"{thin.PREFIX}{type}" if is_thin else type.removeprefix(thin.PREFIX)
            kind = "thin" if is_thin else "snapshot"
            raise InvalidRequest(
                f"Invalid enabled_events[{number}]: {type[:60]} is no type of {kind} events. Did "
                f"you mean {also[:60]}?",
                param=f"enabled_events[{number}]",
            )
        found.append(type if is_either else type.removeprefix(thin.PREFIX))
    return found


def _check_version(version: str, request: ApiRequest, *, is_thin: bool) -> None:
    if is_thin:
        raise InvalidRequest(
            "Thin events have no version: leave `snapshot_api_version` out.",
            param="snapshot_api_version",
        )
    versions.check(version, today=request.at.date(), param="snapshot_api_version")
