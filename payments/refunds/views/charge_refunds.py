"""Endpoints of refunds below their charge."""

from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from connect.expansions import payment_refunds
from connect.transfers import queries as transfer_queries
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources

Wire = JsonObject


class ChargeRefundsView(ApiView):
    """The list inside of a charge, by its `url`: of a payment or of a seller's side of one."""

    resource = "refunds"
    params = {"GET": ListParams}
    answers = {"GET": "refund[]"}

    def get(self, request: ApiRequest, params: Wire, charge_id: str) -> Wire:
        tenant = request.caller.tenant
        if charge_id.startswith("py_"):
            return of_payment(request, params, charge_id)
        queries.charge(tenant, charge_id)
        rows = queries.refunds(tenant).filter(charge_id=charge_id)
        return pagination.list_page(rows, params, resources.refund, kind="refund", url=request.path)


class ChargeRefundView(ApiView):
    resource = "refunds"
    answers = {"GET": "refund"}

    def get(self, request: ApiRequest, params: Wire, charge_id: str, refund_id: str) -> Wire:
        if charge_id.startswith("py_"):
            _check_payment(request, charge_id)
            rows = transfer_queries.payment_refunds_of(request.caller.tenant, charge_id)
            if not rows.filter(destination_payment_refund_id=refund_id).exists():
                raise missing("refund", refund_id)
            found: Wire = payment_refunds([refund_id], request.caller.tenant, request.at)[refund_id]
            return found
        queries.charge(request.caller.tenant, charge_id)
        refund = queries.refund(request.caller.tenant, refund_id)
        if refund.charge_id != charge_id:
            raise missing("refund", refund_id)
        return resources.refund(refund)


def _check_payment(request: ApiRequest, charge_id: str) -> None:
    if transfer_queries.seller_payment(request.caller.tenant, charge_id) is None:
        raise missing("charge", charge_id)


def of_payment(request: ApiRequest, params: Wire, charge_id: str) -> Wire:
    """Render what was taken back of a seller's payment, as refunds."""
    _check_payment(request, charge_id)
    tenant, key = request.caller.tenant, "destination_payment_refund_id"
    rows = pagination.created_within(
        transfer_queries.payment_refunds_of(tenant, charge_id), params.get("created")
    )
    found, has_more = pagination.page(rows, params, kind="refund", key=key)
    shown = payment_refunds(
        [row.destination_payment_refund_id for row in found], tenant, request.at
    )
    return pagination.wire_list(
        found,
        lambda row: shown[row.destination_payment_refund_id],
        has_more=has_more,
        url=request.path,
    )
