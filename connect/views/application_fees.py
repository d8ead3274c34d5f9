from typing import Any

from api import pagination
from api.params import ListParams, NoParams
from api.views import ApiRequest, ApiView
from connect import params as p
from connect import queries, resources
from connect.services import application_fees

Wire = dict[str, Any]


class ApplicationFeesView(ApiView):
    resource = "application_fees"
    params = {"GET": p.ListFeesParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.within(
            queries.application_fees(request.caller.tenant), params.get("created")
        )
        if "charge" in params:
            rows = rows.filter(charge_id=params["charge"])
        found, has_more = pagination.page(rows, params, kind="application_fee")
        inside = queries.latest_fee_refunds(found)
        return pagination.wire_list(
            found,
            lambda row: resources.application_fee(row, inside[row.id]),
            has_more=has_more,
            url=request.path,
        )


class ApplicationFeeView(ApiView):
    resource = "application_fees"
    params = {"GET": NoParams}

    def get(self, request: ApiRequest, params: Wire, fee_id: str) -> Wire:
        fee = queries.application_fee(request.caller.tenant, fee_id)
        return resources.application_fee(fee, queries.latest_fee_refunds([fee])[fee.id])


class FeeRefundsView(ApiView):
    resource = "application_fees"
    params = {"POST": p.CreateFeeRefundParams, "GET": ListParams}

    def post(self, request: ApiRequest, params: Wire, fee_id: str) -> Wire:
        refund = application_fees.refund(
            tenant=request.caller.tenant, fee_id=fee_id, at=request.at, **params
        )
        return resources.application_fee_refund(refund)

    def get(self, request: ApiRequest, params: Wire, fee_id: str) -> Wire:
        queries.application_fee(request.caller.tenant, fee_id)
        rows = queries.fee_refunds(request.caller.tenant).filter(fee_id=fee_id)
        return pagination.listed(
            rows, params, resources.application_fee_refund, kind="fee_refund", url=request.path
        )


class FeeRefundView(ApiView):
    resource = "application_fees"
    params = {"POST": p.UpdateMetadataParams}

    def get(self, request: ApiRequest, params: Wire, fee_id: str, refund_id: str) -> Wire:
        return resources.application_fee_refund(
            queries.application_fee_refund(request.caller.tenant, fee_id, refund_id)
        )

    def post(self, request: ApiRequest, params: Wire, fee_id: str, refund_id: str) -> Wire:
        refund = application_fees.update_refund(
            tenant=request.caller.tenant, fee_id=fee_id, refund_id=refund_id,
            metadata=params.get("metadata", {}),
        )  # fmt: skip
        return resources.application_fee_refund(refund)
