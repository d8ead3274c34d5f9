from api.lists import pagination
from api.views import ApiRequest
from connect.models import Person
from connect.onboarding import account_queries, person_resources
from connect.onboarding import person_params as p
from connect.onboarding import queries as onboarding_queries
from connect.onboarding.access import OnAccountView
from connect.onboarding.services import people, sealed_tokens
from connect.onboarding.views.token_params import TokenParamsView
from core.types import JsonObject

Wire = JsonObject


class PersonsView(TokenParamsView, OnAccountView):
    resource = "accounts"
    separate = "persons"
    params = {"POST": p.CreatePersonParams, "GET": p.ListPersonsParams}

    def post(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        tenant = request.caller.tenant
        changes = sealed_tokens.consume(tenant, params, at=request.at)
        row = people.create(tenant=tenant, account_id=account_id, params=changes, at=request.at)
        return _render(request, row)

    def get(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        tenant = request.caller.tenant
        account = onboarding_queries.account(tenant, account_id)
        rows = account_queries.visible_people(account, livemode=tenant.livemode)
        for role, is_so in (params.pop("relationship", None) or {}).items():
            rows = account_queries.people_in_role(rows, role, is_so=is_so)
        found, has_more = pagination.page(rows, params, kind="person")
        profile = account_queries.load_profiles([account.id], livemode=tenant.livemode)[account.id]
        return pagination.wire_list(
            found,
            lambda row: person_resources.person(row, profile.account_requirements),
            has_more=has_more,
            url=request.path,
        )


class PersonView(TokenParamsView, OnAccountView):
    resource = "accounts"
    separate = "persons"
    params = {"POST": p.UpdatePersonParams}

    def get(self, request: ApiRequest, params: Wire, account_id: str, person_id: str) -> Wire:
        tenant = request.caller.tenant
        account = onboarding_queries.account(tenant, account_id)
        row = account_queries.person(account.id, person_id, livemode=tenant.livemode)
        return _render(request, row)

    def post(self, request: ApiRequest, params: Wire, account_id: str, person_id: str) -> Wire:
        tenant = request.caller.tenant
        changes = sealed_tokens.consume(tenant, params, at=request.at)
        row = people.update(
            tenant=tenant, account_id=account_id, person_id=person_id, params=changes, at=request.at
        )
        return _render(request, row)

    def delete(self, request: ApiRequest, params: Wire, account_id: str, person_id: str) -> Wire:
        people.delete(
            tenant=request.caller.tenant, account_id=account_id, person_id=person_id, at=request.at
        )
        return {"id": person_id, "object": "person", "deleted": True}


def _render(request: ApiRequest, row: Person) -> Wire:
    livemode = request.caller.tenant.livemode
    profile = account_queries.load_profiles([row.account_id], livemode=livemode)[row.account_id]
    return person_resources.person(row, profile.account_requirements)
