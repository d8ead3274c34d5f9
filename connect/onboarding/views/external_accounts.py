from api.lists import pagination
from api.views import ApiRequest
from connect.onboarding import queries as onboarding_queries
from connect.onboarding.access import OnAccountView
from connect.onboarding.services import external_accounts, sealed_tokens
from connect.onboarding.views.token_params import TokenParamsView
from connect.payouts import params as p
from connect.payouts import queries, resources
from core.tenant import Tenant
from core.types import JsonObject

Wire = JsonObject


class ExternalAccountsView(TokenParamsView, OnAccountView):
    resource = "accounts"
    separate = "external_accounts"
    params = {"POST": p.CreateExternalAccountParams, "GET": p.ListExternalAccountsParams}

    def post(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        account = onboarding_queries.account(request.caller.tenant, account_id, level="write")
        params = sealed_tokens.consume(request.caller.tenant, params, at=request.at)
        row = external_accounts.create(
            tenant=_tenant(request, account_id),
            account=account,
            params=params["external_account"],
            is_default=params.get("default_for_currency", False),
            metadata=params.get("metadata"),
            at=request.at,
        )
        return resources.external_account(row)

    def get(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        onboarding_queries.account(request.caller.tenant, account_id)
        rows = queries.external_accounts(_tenant(request, account_id))
        if "object" in params:
            rows = rows.filter(kind=params["object"])
        return pagination.list_page(
            rows,
            params,
            resources.external_account,
            kind="external_account",
            url=request.path,
        )


class ExternalAccountView(OnAccountView):
    resource = "accounts"
    separate = "external_accounts"
    params = {"POST": p.UpdateExternalAccountParams}

    def get(self, request: ApiRequest, params: Wire, account_id: str, external_id: str) -> Wire:
        onboarding_queries.account(request.caller.tenant, account_id)
        row = queries.external_account(_tenant(request, account_id), external_id)
        return resources.external_account(row)

    def post(self, request: ApiRequest, params: Wire, account_id: str, external_id: str) -> Wire:
        row = external_accounts.update(
            tenant=_tenant(request, account_id),
            account=onboarding_queries.account(request.caller.tenant, account_id, level="write"),
            external_id=external_id,
            changes=_columns(params),
            at=request.at,
        )
        return resources.external_account(row)

    def delete(self, request: ApiRequest, params: Wire, account_id: str, external_id: str) -> Wire:
        onboarding_queries.account(request.caller.tenant, account_id, level="write")
        tenant = _tenant(request, account_id)
        kind = queries.external_account(tenant, external_id).kind
        external_accounts.delete(tenant=tenant, external_id=external_id, at=request.at)
        return {"id": external_id, "object": kind, "deleted": True}


def _tenant(request: ApiRequest, account_id: str) -> Tenant:
    return Tenant(account_id, request.caller.tenant.livemode)


def _columns(params: Wire) -> Wire:
    lines = {name: value for name, value in params.items() if name.startswith("address_")}
    columns = {name: value for name, value in params.items() if name not in lines}
    return columns | ({"address": lines} if lines else {})
