from collections.abc import Mapping
from typing import Any

from api import pagination
from api.caller import Caller
from api.params import NoParams
from api.views import ApiRequest, ApiView
from payments import params as p
from payments import queries, resources
from payments.services import payment_methods

Wire = dict[str, Any]


class PaymentMethodsView(ApiView):
    resource = "payment_methods"
    params = {"POST": p.CreatePaymentMethodParams, "GET": p.ListPaymentMethodsParams}
    publishable = frozenset({"POST"})
    ephemeral = frozenset({"GET"})

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        method = payment_methods.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.payment_method(method)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.payment_methods(request.caller.tenant)
        if "customer" in params:
            rows = rows.filter(customer_id=params["customer"])
        if "type" in params:
            rows = rows.filter(type=params["type"])
        return pagination.listed(
            rows, params, resources.payment_method, kind="payment_method", url=request.path
        )


class PaymentMethodView(ApiView):
    resource = "payment_methods"
    params = {"POST": p.UpdatePaymentMethodParams}

    def get(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        return resources.payment_method(
            payment_methods.find(request.caller.tenant, method_id, param="id", at=request.at)
        )

    def post(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        method = payment_methods.update(
            tenant=request.caller.tenant, method_id=method_id, changes=params, at=request.at
        )
        return resources.payment_method(method)


class AttachView(ApiView):
    resource = "payment_methods"
    ephemeral = frozenset({"POST"})
    params = {"POST": p.AttachParams}

    def post(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        method = payment_methods.attach(
            tenant=request.caller.tenant, method_id=method_id,
            customer_id=params["customer"], at=request.at,
        )  # fmt: skip
        return resources.payment_method(method)


class DetachView(ApiView):
    resource = "payment_methods"
    params = {"POST": NoParams}
    ephemeral = frozenset({"POST"})

    def customer_of(
        self, caller: Caller, params: Mapping[str, Any], kwargs: Mapping[str, str]
    ) -> str | None:
        return queries.payment_method(caller.tenant, kwargs["method_id"]).customer_id

    def post(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        method = payment_methods.detach(
            tenant=request.caller.tenant, method_id=method_id, at=request.at
        )
        return resources.payment_method(method)
