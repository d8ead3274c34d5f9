from accounts.models import Account
from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.types import JsonObject
from ledger import params as p
from ledger import queries, resources

Wire = JsonObject


class BalanceView(ApiView):
    resource = "balance"

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        tenant = request.caller.tenant
        currency = Account.objects.values_list("default_currency", flat=True).get(
            id=tenant.account_id
        )
        totals = queries.balance(owner=tenant.account_id, livemode=tenant.livemode)
        return resources.balance(totals, livemode=tenant.livemode, currency=currency)


class BalanceTransactionsView(ApiView):
    resource = "balance_transactions"
    params = {"GET": p.ListBalanceTransactionsParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.balance_transactions(request.caller.tenant), params.get("created")
        )
        rows = queries.narrow_lines(rows, request.caller.tenant, params)
        for name in ("currency", "source", "type"):
            if name in params:
                rows = rows.filter(**{name: params[name]})
        return pagination.list_page(
            rows,
            params,
            lambda row: resources.balance_transaction(row, at=request.at),
            kind="balance_transaction",
            url=request.path,
        )


class BalanceTransactionView(ApiView):
    resource = "balance_transactions"

    def get(self, request: ApiRequest, params: Wire, id: str) -> Wire:
        line = queries.balance_transaction(request.caller.tenant, id)
        return resources.balance_transaction(line, at=request.at)
