from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import NoParams
from connect.expansions import payment_refunds
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources
from payments.refunds import params as refund_params
from payments.refunds.services import refund_drafts, refund_previews, refunds
from payments.refunds.views import charge_refunds

Wire = JsonObject


class RefundsView(ApiView):
    resource = "refunds"
    params = {"POST": refund_params.CreateRefundParams, "GET": refund_params.ListRefundsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        refund = refunds.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.refund(refund)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        # A seller's side of a reversal is a refund on the wire too.
        if str(params.get("charge")).startswith("py_"):
            return charge_refunds.of_payment(request, params, params["charge"])
        rows = pagination.created_within(
            queries.refunds(request.caller.tenant), params.get("created")
        )
        if "charge" in params:
            rows = rows.filter(charge_id=params["charge"])
        if "payment_intent" in params:
            rows = rows.filter(payment_intent_id=params["payment_intent"])
        return pagination.list_page(rows, params, resources.refund, kind="refund", url=request.path)


class RefundView(ApiView):
    resource = "refunds"
    params = {"POST": refund_params.UpdateMetadataParams}

    def get(self, request: ApiRequest, params: Wire, refund_id: str) -> Wire:
        # A seller's side of a reversal is a refund on the wire too.
        if refund_id.startswith("pyr_"):
            found = payment_refunds([refund_id], request.caller.tenant, request.at)
            if refund_id not in found:
                raise missing("refund", refund_id)
            rendered: Wire = found[refund_id]
            return rendered
        return resources.refund(queries.refund(request.caller.tenant, refund_id))

    def post(self, request: ApiRequest, params: Wire, refund_id: str) -> Wire:
        refund = refunds.update(
            tenant=request.caller.tenant,
            refund_id=refund_id,
            metadata=params.get("metadata", {}),
            at=request.at,
        )
        return resources.refund(refund)


class CancelRefundView(ApiView):
    resource = "refunds"
    params = {"POST": NoParams}

    def post(self, request: ApiRequest, params: Wire, refund_id: str) -> Wire:
        refund = refunds.cancel(tenant=request.caller.tenant, refund_id=refund_id, at=request.at)
        return resources.refund(refund)


class PreviewRefundView(ApiView):
    resource = "refunds"
    params = {"POST": refund_params.PreviewRefundParams}
    answers = {"POST": resources.RefundPreview}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        preview = refund_previews.preview(
            tenant=request.caller.tenant,
            request=refund_drafts.RefundRequest(**params),
            at=request.at,
        )
        return {**resources.refund_preview(preview)}


class ExpireRefundView(ApiView):
    resource = "refunds"
    params = {"POST": NoParams}

    def post(self, request: ApiRequest, params: Wire, refund_id: str) -> Wire:
        refund = refunds.expire(tenant=request.caller.tenant, refund_id=refund_id, at=request.at)
        return resources.refund(refund)
