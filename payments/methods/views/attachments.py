"""Endpoints that attach payment methods to customers, and detach them."""

from collections.abc import Mapping

from api.access.caller import Caller
from api.views import ApiRequest, ApiView
from api.wire.params import NoParams
from core.types import Fields, JsonObject
from payments import queries, resources
from payments.methods import params as method_params
from payments.methods.services import payment_methods

Wire = JsonObject


class AttachView(ApiView):
    resource = "payment_methods"
    ephemeral = frozenset({"POST"})
    params = {"POST": method_params.AttachParams}

    def post(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        method = payment_methods.attach(
            tenant=request.caller.tenant,
            method_id=method_id,
            customer_id=params["customer"],
            at=request.at,
        )
        return resources.payment_method(method)


class DetachView(ApiView):
    resource = "payment_methods"
    params = {"POST": NoParams}
    ephemeral = frozenset({"POST"})

    def customer_of(self, caller: Caller, params: Fields, kwargs: Mapping[str, str]) -> str | None:
        return queries.payment_method(caller.tenant, kwargs["method_id"]).customer_id

    def post(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        method = payment_methods.detach(
            tenant=request.caller.tenant, method_id=method_id, at=request.at
        )
        return resources.payment_method(method)
