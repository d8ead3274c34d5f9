"""Endpoints of transfer reversals."""

from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from connect.transfers import params as transfer_params
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services import reversals
from core.types import JsonObject

Wire = JsonObject


class ReversalsView(ApiView):
    resource = "transfers"
    params = {"POST": transfer_params.CreateReversalParams, "GET": ListParams}

    def post(self, request: ApiRequest, params: Wire, transfer_id: str) -> Wire:
        reversal = reversals.create(
            tenant=request.caller.tenant,
            transfer_id=transfer_id,
            at=request.at,
            platform_id=request.caller.platform_id,
            **params,
        )
        return transfer_resources.transfer_reversal(reversal)

    def get(self, request: ApiRequest, params: Wire, transfer_id: str) -> Wire:
        transfer_queries.transfer(request.caller.tenant, transfer_id)
        rows = transfer_queries.reversals(request.caller.tenant).filter(transfer_id=transfer_id)
        return pagination.list_page(
            rows,
            params,
            transfer_resources.transfer_reversal,
            kind="transfer_reversal",
            url=request.path,
        )


class ReversalView(ApiView):
    resource = "transfers"
    params = {"POST": transfer_params.UpdateMetadataParams}

    def get(self, request: ApiRequest, params: Wire, transfer_id: str, reversal_id: str) -> Wire:
        return transfer_resources.transfer_reversal(
            transfer_queries.transfer_reversal(request.caller.tenant, transfer_id, reversal_id)
        )

    def post(self, request: ApiRequest, params: Wire, transfer_id: str, reversal_id: str) -> Wire:
        reversal = reversals.update(
            tenant=request.caller.tenant,
            transfer_id=transfer_id,
            reversal_id=reversal_id,
            metadata=params.get("metadata", {}),
        )
        return transfer_resources.transfer_reversal(reversal)
