"""Endpoints of payment methods below their customer."""

from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources
from payments.methods import params as method_params

Wire = JsonObject


class CustomerPaymentMethodView(ApiView):
    resource = "payment_methods"

    def get(self, request: ApiRequest, params: Wire, customer_id: str, method_id: str) -> Wire:
        tenant = request.caller.tenant
        queries.customer(tenant, customer_id)
        rows = queries.payment_methods(tenant).filter(customer_id=customer_id, id=method_id)
        if (row := rows.first()) is None:
            raise missing("PaymentMethod", method_id)
        return resources.payment_method(row)


class CustomerPaymentMethodsView(ApiView):
    resource = "payment_methods"
    ephemeral = frozenset({"GET"})
    params = {"GET": method_params.ListPaymentMethodsParams}

    def get(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        queries.customer(request.caller.tenant, customer_id)
        rows = queries.payment_methods(request.caller.tenant).filter(customer_id=customer_id)
        if "type" in params:
            rows = rows.filter(type=params["type"])
        return pagination.list_page(
            rows, params, resources.payment_method, kind="payment_method", url=request.path
        )
