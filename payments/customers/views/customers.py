from api.lists import pagination, search
from api.views import ApiRequest, ApiView
from core.types import JsonObject
from payments import queries, resources, search_fields
from payments.customers import params as customer_params
from payments.customers.services import customers

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
        rows = pagination.created_within(
            queries.customers(request.caller.tenant), params.get("created")
        )
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
