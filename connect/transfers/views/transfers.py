from api.lists import pagination
from api.views import ApiRequest, ApiView
from connect.models import Transfer
from connect.transfers import params as transfer_params
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services import account_debits, transfers
from core.types import JsonObject

Wire = JsonObject


class TransfersView(ApiView):
    resource = "transfers"
    params = {
        "POST": transfer_params.CreateTransferParams,
        "GET": transfer_params.ListTransfersParams,
    }

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        params.pop("source_type", None)
        tenant, platform_id = request.caller.tenant, request.caller.platform_id
        if platform_id and params["destination"] == platform_id:
            del params["destination"]
            transfer = account_debits.create(
                tenant=tenant, platform_id=platform_id, at=request.at, **params
            )
        else:
            transfer = transfers.create(tenant=tenant, at=request.at, **params)
        return transfer_resources.transfer(transfer, [])

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            transfer_queries.transfers(request.caller.tenant), params.get("created")
        )
        if "destination" in params:
            rows = rows.filter(destination_id=params["destination"])
        if "transfer_group" in params:
            rows = rows.filter(transfer_group=params["transfer_group"])
        found, has_more = pagination.page(rows, params, kind="transfer")
        inside = transfer_queries.latest_reversals(found)
        return pagination.wire_list(
            found,
            lambda row: transfer_resources.transfer(row, inside[row.id]),
            has_more=has_more,
            url=request.path,
        )


class TransferView(ApiView):
    resource = "transfers"
    params = {"POST": transfer_params.UpdateTransferParams}

    def get(self, request: ApiRequest, params: Wire, transfer_id: str) -> Wire:
        return _render(transfer_queries.transfer(request.caller.tenant, transfer_id))

    def post(self, request: ApiRequest, params: Wire, transfer_id: str) -> Wire:
        transfer = transfers.update(
            tenant=request.caller.tenant, transfer_id=transfer_id, changes=params, at=request.at
        )
        return _render(transfer)


def _render(transfer: Transfer) -> Wire:
    return transfer_resources.transfer(
        transfer, transfer_queries.latest_reversals([transfer])[transfer.id]
    )
