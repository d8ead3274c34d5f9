from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import NoParams
from core.errors import InvalidRequest, missing
from core.types import JsonObject
from payments import queries, resources
from payments.disputes import params as p
from payments.disputes.services import dispute_answers

Wire = JsonObject


class DisputesView(ApiView):
    resource = "disputes"
    params = {"GET": p.ListDisputesParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.disputes(request.caller.tenant), params.get("created")
        )
        rows = rows.filter(**_columns(params))
        return pagination.list_page(
            rows,
            params,
            lambda row: resources.dispute(row, at=request.at),
            kind="dispute",
            url=request.path,
        )


class DisputeView(ApiView):
    resource = "disputes"
    params = {"POST": p.UpdateDisputeParams}

    def get(self, request: ApiRequest, params: Wire, dispute_id: str) -> Wire:
        row = queries.dispute(request.caller.tenant, dispute_id)
        return resources.dispute(row, at=request.at)

    def post(self, request: ApiRequest, params: Wire, dispute_id: str) -> Wire:
        evidence = params.get("evidence")
        if evidence and evidence.pop("enhanced_evidence", None):
            raise InvalidRequest(
                "Enhanced evidence is not supported: the dispute has none of the "
                "`enhanced_eligibility_types`.",
                param="evidence[enhanced_evidence]",
            )
        if params.pop("intended_submission_method", "manual") not in ("manual", "prefer_manual"):
            raise InvalidRequest(
                "Evidence is sent when you submit it; nothing answers disputes by itself.",
                param="intended_submission_method",
            )
        row = dispute_answers.update(
            tenant=request.caller.tenant, dispute_id=dispute_id, at=request.at, **params
        )
        return resources.dispute(queries.dispute(request.caller.tenant, row.id), at=request.at)


class CloseDisputeView(ApiView):
    resource = "disputes"
    params = {"POST": NoParams}

    def post(self, request: ApiRequest, params: Wire, dispute_id: str) -> Wire:
        row = dispute_answers.close(
            tenant=request.caller.tenant, dispute_id=dispute_id, at=request.at
        )
        return resources.dispute(row, at=request.at)


class EarlyFraudWarningsView(ApiView):
    resource = "radar"
    params = {"GET": p.ListDisputesParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.early_fraud_warnings(request.caller.tenant)
        rows = pagination.created_within(rows, params.get("created")).filter(**_columns(params))
        return pagination.list_page(
            rows,
            params,
            resources.early_fraud_warning,
            kind="early fraud warning",
            url=request.path,
        )


class EarlyFraudWarningView(ApiView):
    resource = "radar"

    def get(self, request: ApiRequest, params: Wire, warning_id: str) -> Wire:
        rows = queries.early_fraud_warnings(request.caller.tenant)
        if (row := rows.filter(id=warning_id).first()) is None:
            raise missing("early fraud warning", warning_id)
        return resources.early_fraud_warning(row)


def _columns(params: Wire) -> Wire:
    names = {"charge": "charge_id", "payment_intent": "payment_intent_id"}
    return {column: params[name] for name, column in names.items() if name in params}
