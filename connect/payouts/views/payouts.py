from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import NoParams
from connect.payouts import params as p
from connect.payouts import queries, resources
from connect.payouts.services import balance_settings, payouts
from core.types import JsonObject

Wire = JsonObject


class PayoutsView(ApiView):
    resource = "payouts"
    params = {"POST": p.CreatePayoutParams, "GET": p.ListPayoutsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        params.pop("source_type", None)
        payout = payouts.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.payout(payout)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.payouts(request.caller.tenant).select_related("destination")
        rows = pagination.created_within(rows, params.get("created"))
        for lookup, moment in params.get("arrival_date", {}).items():
            rows = rows.filter(**{f"arrival_date__{lookup}": moment.date()})
        for name, column in (("destination", "destination_id"), ("status", "status")):
            if name in params:
                rows = rows.filter(**{column: params[name]})
        return pagination.list_page(rows, params, resources.payout, kind="payout", url=request.path)


class PayoutView(ApiView):
    resource = "payouts"
    params = {"POST": p.UpdatePayoutParams}

    def get(self, request: ApiRequest, params: Wire, payout_id: str) -> Wire:
        return resources.payout(queries.payout(request.caller.tenant, payout_id))

    def post(self, request: ApiRequest, params: Wire, payout_id: str) -> Wire:
        payout = payouts.update(
            tenant=request.caller.tenant, payout_id=payout_id, changes=params, at=request.at
        )
        return resources.payout(payout)


class CancelPayoutView(ApiView):
    resource = "payouts"
    params = {"POST": NoParams}

    def post(self, request: ApiRequest, params: Wire, payout_id: str) -> Wire:
        payout = payouts.cancel(tenant=request.caller.tenant, payout_id=payout_id, at=request.at)
        return resources.payout(payout)


class ReversePayoutView(ApiView):
    resource = "payouts"
    params = {"POST": p.ReversePayoutParams}

    def post(self, request: ApiRequest, params: Wire, payout_id: str) -> Wire:
        payout = payouts.reverse(tenant=request.caller.tenant, payout_id=payout_id)
        return resources.payout(payout)


class BalanceSettingsView(ApiView):
    resource = "balance_settings"
    params = {"POST": p.BalanceSettingsParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        return resources.balance_settings(
            *balance_settings.get(request.caller.tenant, at=request.at)
        )

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        changed = balance_settings.update(
            tenant=request.caller.tenant, payments=params.get("payments", {}), at=request.at
        )
        return resources.balance_settings(*changed)
