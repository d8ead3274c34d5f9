"""Payments that came too late, for the merchants whose charges they were for: our own endpoints."""

from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import NoParams
from core.types import JsonObject
from payments.unapplied import params as p
from payments.unapplied import queries, resources
from payments.unapplied.services import merchant_decisions

Wire = JsonObject


class UnappliedPaymentsView(ApiView):
    resource = "charges"
    params = {"GET": p.ListUnappliedPaymentsParams}
    answers = {"GET": list[resources.UnappliedPaymentObject]}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.unapplied_payments(request.caller.tenant), params.get("created")
        )
        columns = {
            "charge": "charge_id",
            "payment_intent": "charge__payment_intent_id",
            "status": "status",
        }
        wanted = {column: params[name] for name, column in columns.items() if name in params}
        return pagination.list_page(
            rows.filter(**wanted),
            params,
            resources.unapplied_payment,
            kind="unapplied_payment",
            url=request.path,
        )


class UnappliedPaymentView(ApiView):
    resource = "charges"
    answers = {"GET": resources.UnappliedPaymentObject}

    def get(self, request: ApiRequest, params: Wire, unapplied_id: str) -> Wire:
        row = queries.unapplied_payment(request.caller.tenant, unapplied_id)
        return resources.unapplied_payment(row)


class RefundUnappliedPaymentView(ApiView):
    resource = "charges"
    params = {"POST": NoParams}
    answers = {"POST": resources.UnappliedPaymentObject}

    def post(self, request: ApiRequest, params: Wire, unapplied_id: str) -> Wire:
        row = merchant_decisions.give_back(
            tenant=request.caller.tenant, unapplied_id=unapplied_id, at=request.at
        )
        return resources.unapplied_payment(row)


class ApplyUnappliedPaymentView(ApiView):
    resource = "charges"
    params = {"POST": NoParams}
    answers = {"POST": resources.UnappliedPaymentObject}

    def post(self, request: ApiRequest, params: Wire, unapplied_id: str) -> Wire:
        row = merchant_decisions.apply(
            tenant=request.caller.tenant, unapplied_id=unapplied_id, at=request.at
        )
        return resources.unapplied_payment(row)
