from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources
from payments.methods import configuration_params as p
from payments.methods.services import payment_method_configurations as configurations

Wire = JsonObject


class ConfigurationsView(ApiView):
    resource = "payment_method_configurations"
    params = {"POST": p.CreateConfigurationParams, "GET": p.ListConfigurationsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        row = configurations.create(tenant=request.caller.tenant, at=request.at, **_columns(params))
        return resources.payment_method_configuration(row)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        tenant = request.caller.tenant
        configurations.ensure_default(tenant=tenant, at=request.at)
        rows = queries.payment_method_configurations(tenant)
        if "active" in params:
            rows = rows.filter(active=params["active"])
        if params.get("application"):
            rows = rows.none()
        return pagination.list_page(
            rows,
            params,
            resources.payment_method_configuration,
            kind="payment_method_configuration",
            url=request.path,
        )


class ConfigurationView(ApiView):
    resource = "payment_method_configurations"
    params = {"POST": p.UpdateConfigurationParams}

    def get(self, request: ApiRequest, params: Wire, configuration_id: str) -> Wire:
        rows = queries.payment_method_configurations(request.caller.tenant)
        if (row := rows.filter(id=configuration_id).first()) is None:
            raise missing("payment_method_configuration", configuration_id)
        return resources.payment_method_configuration(row)

    def post(self, request: ApiRequest, params: Wire, configuration_id: str) -> Wire:
        row = configurations.update(
            tenant=request.caller.tenant,
            configuration_id=configuration_id,
            **_columns(params),
        )
        return resources.payment_method_configuration(row)


def _columns(params: Wire) -> Wire:
    """Separate the methods from the other parameters."""
    own = {name: params.pop(name) for name in ("name", "active") if name in params}
    return own | {"methods": params}
