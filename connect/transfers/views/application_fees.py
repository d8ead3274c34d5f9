from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams, NoParams
from connect.transfers import params as transfer_params
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services import application_fees
from core.types import JsonObject

Wire = JsonObject


class ApplicationFeesView(ApiView):
    resource = "application_fees"
    params = {"GET": transfer_params.ListFeesParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            transfer_queries.application_fees(request.caller.tenant), params.get("created")
        )
        if "charge" in params:
            rows = rows.filter(charge_id=params["charge"])
        found, has_more = pagination.page(rows, params, kind="application_fee")
        inside = transfer_queries.latest_fee_refunds(found)
        return pagination.wire_list(
            found,
            lambda row: transfer_resources.application_fee(row, inside[row.id]),
            has_more=has_more,
            url=request.path,
        )


class ApplicationFeeView(ApiView):
    resource = "application_fees"
    params = {"GET": NoParams}

    def get(self, request: ApiRequest, params: Wire, fee_id: str) -> Wire:
        fee = transfer_queries.application_fee(request.caller.tenant, fee_id)
        return transfer_resources.application_fee(
            fee, transfer_queries.latest_fee_refunds([fee])[fee.id]
        )


class FeeRefundsView(ApiView):
    resource = "application_fees"
    params = {"POST": transfer_params.CreateFeeRefundParams, "GET": ListParams}

    def post(self, request: ApiRequest, params: Wire, fee_id: str) -> Wire:
        refund = application_fees.refund(
            tenant=request.caller.tenant, fee_id=fee_id, at=request.at, **params
        )
        return transfer_resources.application_fee_refund(refund)

    def get(self, request: ApiRequest, params: Wire, fee_id: str) -> Wire:
        transfer_queries.application_fee(request.caller.tenant, fee_id)
        rows = transfer_queries.fee_refunds(request.caller.tenant).filter(fee_id=fee_id)
        return pagination.list_page(
            rows,
            params,
            transfer_resources.application_fee_refund,
            kind="fee_refund",
            url=request.path,
        )


class FeeRefundView(ApiView):
    resource = "application_fees"
    params = {"POST": transfer_params.UpdateMetadataParams}

    def get(self, request: ApiRequest, params: Wire, fee_id: str, refund_id: str) -> Wire:
        return transfer_resources.application_fee_refund(
            transfer_queries.application_fee_refund(request.caller.tenant, fee_id, refund_id)
        )

    def post(self, request: ApiRequest, params: Wire, fee_id: str, refund_id: str) -> Wire:
        refund = application_fees.update_refund(
            tenant=request.caller.tenant,
            fee_id=fee_id,
            refund_id=refund_id,
            metadata=params.get("metadata", {}),
            at=request.at,
        )
        return transfer_resources.application_fee_refund(refund)
