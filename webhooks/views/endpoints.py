from typing import Any

from api import pagination
from api.params import ListParams
from api.views import ApiRequest, ApiView
from webhooks import params as p
from webhooks import queries, resources
from webhooks.services import endpoints

Wire = dict[str, Any]


class EndpointsView(ApiView):
    resource = "webhook_endpoints"
    params = {"POST": p.CreateEndpointParams, "GET": ListParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        row, secret = endpoints.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.webhook_endpoint(row, secret=secret)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        return pagination.listed(
            queries.endpoints(request.caller.tenant),
            params,
            resources.webhook_endpoint,
            kind="webhook_endpoint",
            url=request.path,
        )


class EndpointView(ApiView):
    resource = "webhook_endpoints"
    params = {"POST": p.UpdateEndpointParams}

    def get(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        return resources.webhook_endpoint(queries.endpoint(request.caller.tenant, endpoint_id))

    def post(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        changes = dict(params)
        if "disabled" in changes:
            changes["is_enabled"] = not changes.pop("disabled")
        row = endpoints.update(
            tenant=request.caller.tenant, endpoint_id=endpoint_id, changes=changes
        )
        return resources.webhook_endpoint(row)

    def delete(self, request: ApiRequest, params: Wire, endpoint_id: str) -> Wire:
        endpoints.delete(tenant=request.caller.tenant, endpoint_id=endpoint_id, at=request.at)
        return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}
