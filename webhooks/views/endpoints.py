from api.access import permissions
from api.access.caller import Caller
from api.lists import pagination
from api.older import versions
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from core.types import Fields, JsonObject
from webhooks import params as p
from webhooks import queries, resources
from webhooks.services import endpoints

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
        row, secret = endpoints.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.webhook_endpoint(row, secret=secret)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        return pagination.list_page(
            queries.endpoints(request.caller.tenant, made_by=_maker(request), has_thin=False),
            params,
            resources.webhook_endpoint,
            kind="webhook_endpoint",
            url=request.path,
        )


class EndpointView(ApiView):
    resource = "webhook_endpoints"
    params = {"POST": p.UpdateEndpointParams}

    def get(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        tenant, made_by = request.caller.tenant, _maker(request)
        row = queries.endpoint(tenant, endpoint_id, made_by=made_by, has_thin=False)
        return resources.webhook_endpoint(row)

    def post(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        changes = dict(params)
        if "disabled" in changes:
            changes["is_enabled"] = not changes.pop("disabled")
        row = endpoints.update(
            tenant=request.caller.tenant,
            endpoint_id=endpoint_id,
            changes=changes,
            made_by=_maker(request),
            has_thin=False,
        )
        return resources.webhook_endpoint(row)

    def delete(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        endpoints.delete(
            tenant=request.caller.tenant,
            endpoint_id=endpoint_id,
            made_by=_maker(request),
            has_thin=False,
            at=request.at,
        )
        return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def _maker(request: ApiRequest) -> str | None:
    """Return the platform whose endpoints these must be: an application reaches its own ones."""
    return request.caller.actor_id if request.caller.by_application else None
