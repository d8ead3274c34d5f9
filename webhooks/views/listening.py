import json
from typing import Final, Literal, TypedDict
from urllib.parse import urlsplit

from django.conf import settings

from api.access.caller import Caller
from api.views import ApiRequest, ApiView
from core.errors import Forbidden, InvalidRequest
from core.types import Fields, JsonObject
from webhooks import params as p
from webhooks.listening import requests, tickets
from webhooks.listening.tickets import FEATURES, REQUEST_LOGS, Ticket

PATH: Final = "stripecli/socket"
# After so long the CLI opens its connection anew, for the sake of whatever lies between.
_RECONNECT_SECONDS: Final = 3_600
_MOST_VALUES: Final = 20


class ListeningSession(TypedDict):
    """Where and how the command that asked can listen."""

    object: Literal["stripecli_session"]
    websocket_url: str
    websocket_id: str
    websocket_authorized_feature: str
    secret: str
    reconnect_delay: int
    default_version: str
    latest_version: str
    display_connect_filter_warning: bool


class ListeningSessionsView(ApiView):
    resource = "webhook_endpoints"
    params = {"POST": p.ListeningSessionParams}
    answers = {"POST": ListeningSession}

    def check_access(self, caller: Caller, params: Fields, method: str) -> None:
        """Keep what all keys of an account do from keys that may do little of it."""
        if _feature(params) == REQUEST_LOGS and caller.key_kind != "secret":
            raise Forbidden("Listening to an account's requests needs its secret key.")

    def post(self, request: ApiRequest, params: JsonObject) -> JsonObject:
        """Let a command of a developer listen."""
        caller = request.caller
        ticket = Ticket(
            account_id=caller.tenant.account_id,
            livemode=caller.tenant.livemode,
            key_id=caller.key_id,
            device=params.get("device_name", "unnamed"),
            feature=_feature(params),
            filters=_filters(params.get("filters", "")),
        )
        scheme, host, path, *_ = urlsplit(settings.PUBLIC_URL)
        way = "wss" if scheme == "https" else "ws"
        return {
            "object": "stripecli_session",
            "websocket_url": f"{way}://{host}{path}/v1/{PATH}",
            "websocket_id": tickets.write(ticket),
            "websocket_authorized_feature": ticket.feature,
            "secret": tickets.secret(ticket.tenant, ticket.device),
            "reconnect_delay": _RECONNECT_SECONDS,
            "default_version": caller.api_version,
            "latest_version": settings.API_VERSION,
            "display_connect_filter_warning": False,
        }


def _feature(params: Fields) -> str:
    """Return what is to be listened to, the first of those that there are."""
    asked = params["websocket_features"]
    found = [one for one in asked if one in FEATURES]
    if not found:
        raise InvalidRequest(
            f"Nobody can listen to {', '.join(asked)}: name one of {', '.join(FEATURES)}.",
            param="websocket_features",
        )
    return str(found[0])


def _filters(text: str) -> dict[str, list[str]]:
    """Read which requests are wanted, as JSON."""
    try:
        told = json.loads(text or "{}")
    except json.JSONDecodeError:
        told = None
    if told is None or not isinstance(told, dict):
        raise InvalidRequest("Filters are a JSON object of lists.", param="filters")
    for name, values in told.items():
        if name not in requests.FILTERS:
            known = ", ".join(requests.FILTERS)
            raise InvalidRequest(
                f"Requests are not filtered by {name[:60]}, but by: {known}.", param="filters"
            )
        is_list = isinstance(values, list) and len(values) <= _MOST_VALUES
        if not is_list or not all(isinstance(one, str) and len(one) <= 300 for one in values):
            raise InvalidRequest(
                f"{name} takes a list of at most {_MOST_VALUES} texts.", param="filters"
            )
    return {name: values for name, values in told.items() if values}
