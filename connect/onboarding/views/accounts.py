from accounts.models import Account
from api.access.caller import Caller
from api.answers import shown
from api.lists import pagination
from api.views import ApiRequest, ApiView
from connect.onboarding import access, account_queries
from connect.onboarding import params as p
from connect.onboarding import queries as onboarding_queries
from connect.onboarding import resources as onboarding_resources
from connect.onboarding.services import account_closures, accounts, external_accounts, sealed_tokens
from connect.onboarding.views.token_params import TokenParamsView
from core.tenant import Tenant
from core.types import Fields, JsonObject

Wire = JsonObject


class AccountsView(TokenParamsView):
    resource = "accounts"
    separate = "sellers"
    params = {"POST": p.CreateAccountParams, "GET": p.ListAccountsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        params = sealed_tokens.consume(request.caller.tenant, params, at=request.at)
        external_account = _pop_external_account(request, params)
        account = accounts.create(tenant=request.caller.tenant, at=request.at, **_columns(params))
        _set_external_account(request, account, external_account)
        return _render(request, account)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            onboarding_queries.accounts(request.caller.tenant), params.get("created")
        )
        found, has_more = pagination.page(rows, params, kind="account")
        livemode = request.caller.tenant.livemode
        profiles = account_queries.load_profiles([row.id for row in found], livemode=livemode)
        hidden = access.hidden_permissions(request.caller.tenant, found)
        return pagination.wire_list(
            found,
            lambda row: shown.without(
                onboarding_resources.account(row, profiles[row.id]), hidden[row.id]
            ),
            has_more=has_more,
            url=request.path,
        )


class AccountView(TokenParamsView):
    resource = "accounts"
    params = {"POST": p.AccountParams}

    def check_access(self, caller: Caller, params: Fields, method: str) -> None:
        for param, name in (("external_account", "external_accounts"), ("individual", "persons")):
            if param in params:
                access.check(caller, params["account_id"], name, method=method)

    def get(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        return _render(request, onboarding_queries.account(request.caller.tenant, account_id))

    def post(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        params = sealed_tokens.consume(request.caller.tenant, params, at=request.at)
        external_account = _pop_external_account(request, params)
        account = accounts.update(
            tenant=request.caller.tenant, account_id=account_id, at=request.at, **_columns(params)
        )
        _set_external_account(request, account, external_account)
        return _render(request, account)

    def delete(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        account_closures.delete(tenant=request.caller.tenant, account_id=account_id, at=request.at)
        return {"id": account_id, "object": "account", "deleted": True}


class RejectAccountView(ApiView):
    resource = "accounts"
    params = {"POST": p.RejectAccountParams}

    def post(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        account = account_closures.reject(
            tenant=request.caller.tenant, account_id=account_id, at=request.at, **params
        )
        return _render(request, account)


class UnrejectAccountView(ApiView):
    resource = "accounts"

    def post(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        account = account_closures.unreject(
            tenant=request.caller.tenant, account_id=account_id, at=request.at
        )
        return _render(request, account)


class OwnAccountView(ApiView):
    resource = "accounts"

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        """Retrieve the account that the key belongs to, or that is acted on."""
        tenant = request.caller.tenant
        return _render(request, onboarding_queries.account(tenant, tenant.account_id))


def _render(request: ApiRequest, account: Account) -> Wire:
    profiles = account_queries.load_profiles([account.id], livemode=request.caller.tenant.livemode)
    # Another transaction may have changed it since, such as the one of its bank account.
    account.refresh_from_db()
    hidden = access.hidden_permissions(request.caller.tenant, [account])
    wire: Wire = shown.without(
        onboarding_resources.account(account, profiles[account.id]), hidden[account.id]
    )
    return wire


def _pop_external_account(request: ApiRequest, params: Wire) -> str | Wire | None:
    external_account: str | Wire | None = params.pop("external_account", None)
    if external_account is not None:
        livemode = request.caller.tenant.livemode
        external_accounts.check(external_account, livemode=livemode, at=request.at)
    return external_account


def _set_external_account(
    request: ApiRequest, account: Account, external_account: str | Wire | None
) -> None:
    if external_account is not None:
        external_accounts.replace_default(
            tenant=Tenant(account.id, request.caller.tenant.livemode),
            account=account,
            params=external_account,
            at=request.at,
        )


def _columns(params: Wire) -> Wire:
    columns = dict(params)
    if "country" in columns:
        columns["country"] = columns["country"].upper()
    if accepted := columns.get("tos_acceptance"):
        moment = accepted.get("date")
        columns["tos_acceptance"] = accepted | ({"date": int(moment.timestamp())} if moment else {})
    return columns
