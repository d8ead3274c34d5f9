from collections.abc import Callable
from functools import partial

from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources
from payments.methods import capabilities
from payments.methods import configuration_params as p
from payments.methods.services import payment_method_configurations as configurations
from payments.models import PaymentMethodConfiguration

Wire = JsonObject


class ConfigurationsView(ApiView):
    resource = "payment_method_configurations"
    params = {"POST": p.CreateConfigurationParams, "GET": p.ListConfigurationsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        row = configurations.create(tenant=request.caller.tenant, at=request.at, **_columns(params))
        return _renderer(request)(row)

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
            _renderer(request),
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
        return _renderer(request)(row)

    def post(self, request: ApiRequest, params: Wire, configuration_id: str) -> Wire:
        row = configurations.update(
            tenant=request.caller.tenant,
            configuration_id=configuration_id,
            **_columns(params),
        )
        return _renderer(request)(row)


def _renderer(request: ApiRequest) -> Callable[[PaymentMethodConfiguration], Wire]:
    """Return what renders a configuration for the account that is acted on."""
    tenant = request.caller.tenant
    lacking = capabilities.lacking(tenant.account_id, livemode=tenant.livemode)
    return partial(resources.payment_method_configuration, lacking=lacking or ())


def _columns(params: Wire) -> Wire:
    """Separate the methods from the other parameters."""
    own = {name: params.pop(name) for name in ("name", "active") if name in params}
    return own | {"methods": params}
