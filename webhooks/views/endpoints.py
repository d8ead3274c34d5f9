from datetime import timedelta

from api.access import permissions
from api.access.caller import Caller
from api.lists import pagination
from api.older import versions
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from core.types import Fields, JsonObject
from webhooks import params as p
from webhooks import queries, resources
from webhooks.services import endpoints, signing_secrets

Wire = JsonObject


class EndpointsView(ApiView):
    resource = "webhook_endpoints"
    params = {"POST": p.CreateEndpointParams, "GET": ListParams}

    def check_access(self, caller: Caller, params: Fields, method: str) -> None:
        """Refuse an application to hear of sellers who have not been asked."""
        if params.get("is_connect"):
            permissions.check_separate(caller, "sellers", method="GET")

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        if "api_version" in params:
            versions.check(params["api_version"], today=request.at.date(), param="api_version")
        given = p.with_pace(params)
        row, secret = endpoints.create(tenant=request.caller.tenant, at=request.at, **given)
        return resources.webhook_endpoint(row, secret=secret)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        return pagination.list_page(
            queries.endpoints(request.caller.tenant, made_by=maker(request), has_thin=False),
            params,
            resources.webhook_endpoint,
            kind="webhook_endpoint",
            url=request.path,
        )


class EndpointView(ApiView):
    resource = "webhook_endpoints"
    params = {"POST": p.UpdateEndpointParams}

    def get(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        tenant, made_by = request.caller.tenant, maker(request)
        row = queries.endpoint(tenant, endpoint_id, made_by=made_by, has_thin=False)
        return resources.webhook_endpoint(row)

    def post(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        changes = p.with_pace(params)
        if "disabled" in changes:
            changes["is_enabled"] = not changes.pop("disabled")
        row = endpoints.update(
            tenant=request.caller.tenant,
            endpoint_id=endpoint_id,
            changes=changes,
            made_by=maker(request),
            has_thin=False,
        )
        return resources.webhook_endpoint(row)

    def delete(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        endpoints.delete(
            tenant=request.caller.tenant,
            endpoint_id=endpoint_id,
            made_by=maker(request),
            has_thin=False,
            at=request.at,
        )
        return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


class RollSecretView(ApiView):
    resource = "webhook_endpoints"
    params = {"POST": p.RollSecretParams}
    answers = {"POST": "webhook_endpoint"}

    def post(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        """Replace an endpoint's signing secret, and show the new one, this once.

        The one before still signs beside it for `overlap_hours`, so no receiver refuses a
        delivery while its settings are changed. Destinations of events are endpoints here.
        """
        row, secret = signing_secrets.roll(
            tenant=request.caller.tenant,
            endpoint_id=endpoint_id,
            overlap=timedelta(hours=params["overlap_hours"]),
            at=request.at,
            made_by=maker(request),
        )
        return resources.webhook_endpoint(row, secret=secret)


def maker(request: ApiRequest) -> str | None:
    """Return the platform whose endpoints these must be: an application reaches its own ones."""
    return request.caller.actor_id if request.caller.by_application else None
