from typing import Final

from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from core.types import JsonObject
from webhooks import params as p
from webhooks import queries, resources
from webhooks.models import Endpoint
from webhooks.resources import WebhookEndpointResend
from webhooks.services import resending
from webhooks.views.endpoints import maker

Wire = JsonObject

_KIND: Final = "webhook_endpoint.resend"


class ResendsView(ApiView):
    resource = "webhook_endpoints"
    params = {"POST": p.CreateResendParams, "GET": ListParams}
    answers = {"POST": WebhookEndpointResend, "GET": list[WebhookEndpointResend]}

    def post(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        """Send an endpoint again what it was sent since a moment, the oldest first.

        `unaccepted` is what failed, was given up or was canceled, `all` what it accepted too, and
        `missed` begins with what happened while the endpoint was disabled. Without `since` it is
        all of thirty days, which is also the most. It goes on in the background, no faster than
        the endpoint takes it; `sent` of `total` says how far it is.
        """
        row = resending.begin(
            endpoint=_endpoint(request, endpoint_id),
            at=request.at,
            since=params.get("since"),
            sends_accepted=params["deliveries"] == "all",
            sends_missed=params["deliveries"] == "missed",
        )
        return {**resources.resend(row)}

    def get(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        """List all resends of an endpoint."""
        return pagination.list_page(
            queries.resends(_endpoint(request, endpoint_id)),
            params,
            lambda row: {**resources.resend(row)},
            kind=_KIND,
            url=request.path,
        )


class ResendView(ApiView):
    resource = "webhook_endpoints"
    answers = {"GET": WebhookEndpointResend}

    def get(self, request: ApiRequest, params: Wire, endpoint_id: str, resend_id: str) -> Wire:
        """Retrieve a resend, to see how far it is."""
        row = queries.resend(_endpoint(request, endpoint_id), resend_id)
        return {**resources.resend(row)}


class CancelResendView(ApiView):
    resource = "webhook_endpoints"
    answers = {"POST": WebhookEndpointResend}

    def post(self, request: ApiRequest, params: Wire, endpoint_id: str, resend_id: str) -> Wire:
        """Stop a resend: what it has made due already is still sent."""
        endpoint = _endpoint(request, endpoint_id)
        row = resending.stop(endpoint=endpoint, at=request.at, resend_id=resend_id)
        return {**resources.resend(row)}


def _endpoint(request: ApiRequest, endpoint_id: str) -> Endpoint:
    return queries.endpoint(request.caller.tenant, endpoint_id, made_by=maker(request))
