from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import Boolean, Params
from connect.onboarding import account_queries, capability_resources
from connect.onboarding import queries as onboarding_queries
from connect.onboarding.countries.rules import CAPABILITIES
from connect.onboarding.services import accounts
from core.errors import missing
from core.types import JsonObject

Wire = JsonObject


class UpdateCapabilityParams(Params):
    requested = Boolean()


class CapabilitiesView(ApiView):
    resource = "accounts"

    def get(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        tenant = request.caller.tenant
        account = onboarding_queries.account(tenant, account_id)
        profile = account_queries.load_profiles([account.id], livemode=tenant.livemode)[account.id]
        return pagination.wire_list(
            sorted(profile.capabilities, key=lambda row: row.name),
            lambda row: capability_resources.capability(row, profile.account_requirements),
            has_more=False,
            url=request.path,
        )


class CapabilityView(ApiView):
    resource = "accounts"
    params = {"POST": UpdateCapabilityParams}

    def get(self, request: ApiRequest, params: Wire, account_id: str, capability: str) -> Wire:
        account = onboarding_queries.account(request.caller.tenant, account_id)
        return _render(request, account.id, capability)

    def post(self, request: ApiRequest, params: Wire, account_id: str, capability: str) -> Wire:
        if capability not in CAPABILITIES:
            onboarding_queries.account(request.caller.tenant, account_id)
            raise missing("capability", capability[:64])
        asked = {capability: {"requested": params["requested"]}} if params else {}
        account = accounts.update(
            tenant=request.caller.tenant, account_id=account_id, capabilities=asked, at=request.at
        )
        return _render(request, account.id, capability)


def _render(request: ApiRequest, account_id: str, name: str) -> Wire:
    if name not in CAPABILITIES:
        raise missing("capability", name[:64])
    livemode = request.caller.tenant.livemode
    profile = account_queries.load_profiles([account_id], livemode=livemode)[account_id]
    row = next((row for row in profile.capabilities if row.name == name), None)
    return (
        capability_resources.capability(row, profile.account_requirements)
        if row
        else capability_resources.unrequested(account_id, name)
    )
