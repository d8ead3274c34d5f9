from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources
from payments.customers import params as p
from payments.customers.services import customer_balances

Wire = JsonObject


class CustomerBalancesView(ApiView):
    resource = "customers"
    params = {"POST": p.CreateCustomerBalanceParams, "GET": p.ListCustomerBalancesParams}

    def post(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        row = customer_balances.create(
            tenant=request.caller.tenant, customer_id=customer_id, at=request.at, **params
        )
        return resources.customer_balance_transaction(row)

    def get(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        customer = queries.customer(request.caller.tenant, customer_id, even_deleted=True)
        rows = pagination.created_within(customer.balance_transactions.all(), params.get("created"))
        if "invoice" in params:
            rows = rows.none()
        return pagination.list_page(
            rows,
            params,
            resources.customer_balance_transaction,
            kind="customer balance transaction",
            url=request.path,
        )


class CustomerBalanceView(ApiView):
    resource = "customers"
    params = {"POST": p.UpdateCustomerBalanceParams}

    def get(self, request: ApiRequest, params: Wire, customer_id: str, row_id: str) -> Wire:
        customer = queries.customer(request.caller.tenant, customer_id, even_deleted=True)
        row = customer.balance_transactions.filter(id=row_id).first()
        if row is None:
            raise missing("customer balance transaction", row_id)
        return resources.customer_balance_transaction(row)

    def post(self, request: ApiRequest, params: Wire, customer_id: str, row_id: str) -> Wire:
        row = customer_balances.update(
            tenant=request.caller.tenant, customer_id=customer_id, row_id=row_id, changes=params
        )
        return resources.customer_balance_transaction(row)
