from api.lists import pagination, search
from api.views import ApiRequest, ApiView
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources, search_fields
from payments.customers import params as customer_params
from payments.customers.services import customers
from payments.methods import params as method_params

Wire = JsonObject


class CustomersView(ApiView):
    resource = "customers"
    params = {
        "POST": customer_params.CreateCustomerParams,
        "GET": customer_params.ListCustomersParams,
    }

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        customer = customers.create(tenant=request.caller.tenant, at=request.at, **_columns(params))
        return resources.customer(customer)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.within(queries.customers(request.caller.tenant), params.get("created"))
        if "email" in params:
            rows = rows.filter(email=params["email"])
        return pagination.list_page(
            rows, params, resources.customer, kind="customer", url=request.path
        )


class CustomerView(ApiView):
    resource = "customers"
    ephemeral = frozenset({"GET"})
    params = {"POST": customer_params.UpdateCustomerParams}

    def get(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        # A deleted customer still answers, with nothing but its id.
        return resources.customer(
            queries.customer(request.caller.tenant, customer_id, even_deleted=True)
        )

    def post(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        customer = customers.update(
            tenant=request.caller.tenant,
            customer_id=customer_id,
            changes=_columns(params),
            at=request.at,
        )
        return resources.customer(customer)

    def delete(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        customer = customers.delete(
            tenant=request.caller.tenant, customer_id=customer_id, at=request.at
        )
        return resources.customer(customer)


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


class SearchCustomersView(ApiView):
    resource = "customers"
    params = {"GET": search.SearchParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.customers(request.caller.tenant)
        return search.find(
            rows,
            params,
            search_fields.CUSTOMERS,
            resources.customer,
            tenant=request.caller.tenant,
            url=request.path,
        )


def _columns(params: Wire) -> Wire:
    columns = dict(params)
    for name, value in (columns.pop("tax", None) or {}).items():
        columns[f"tax_{name}"] = value
    return columns
