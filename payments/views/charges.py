from typing import Any

from api import pagination, search
from api.views import ApiRequest, ApiView
from connect import queries as connect_queries
from connect import resources as connect_resources
from core.errors import missing
from payments import params as p
from payments import queries, resources, searching
from payments.params import charges as own
from payments.services import charges, standalone_charges

Wire = dict[str, Any]


class ChargesView(ApiView):
    resource = "charges"
    params = {"POST": own.CreateChargeParams, "GET": p.ListChargesParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        charge = standalone_charges.create(
            tenant=request.caller.tenant, at=request.at, platform_id=request.caller.platform_id,
            **_columns(params),
        )  # fmt: skip
        return resources.charge(charge)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.within(queries.charges(request.caller.tenant), params.get("created"))
        if "customer" in params:
            rows = rows.filter(customer_id=params["customer"])
        if "payment_intent" in params:
            rows = rows.filter(payment_intent_id=params["payment_intent"])
        if "transfer_group" in params:
            rows = rows.filter(transfer_group=params["transfer_group"])
        return pagination.listed(rows, params, resources.charge, kind="charge", url=request.path)


class ChargeView(ApiView):
    resource = "charges"
    params = {"POST": p.UpdateChargeParams}

    def get(self, request: ApiRequest, params: Wire, charge_id: str) -> Wire:
        # A seller's side of a transfer is a charge on the wire too.
        if charge_id.startswith("py_"):
            payment = connect_queries.seller_payment(request.caller.tenant, charge_id)
            if payment is None:
                raise missing("charge", charge_id)
            return connect_resources.seller_payment(payment, payment.transfer)
        return resources.charge(queries.charge(request.caller.tenant, charge_id))

    def post(self, request: ApiRequest, params: Wire, charge_id: str) -> Wire:
        tenant = request.caller.tenant
        if params.get("customer_id"):
            queries.customer(tenant, params["customer_id"], param="customer")
        charge = charges.update(tenant=tenant, charge_id=charge_id, changes=params, at=request.at)
        return resources.charge(charge)


class CaptureChargeView(ApiView):
    resource = "charges"
    params = {"POST": own.CaptureChargeParams}

    def post(self, request: ApiRequest, params: Wire, charge_id: str) -> Wire:
        charge = standalone_charges.capture(
            tenant=request.caller.tenant, charge_id=charge_id, at=request.at, **_columns(params)
        )
        return resources.charge(charge)


class SearchChargesView(ApiView):
    resource = "charges"
    params = {"GET": search.SearchParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.charges(request.caller.tenant)
        return search.found(rows, params, searching.CHARGES, resources.charge, url=request.path)


def _columns(params: Wire) -> Wire:
    columns = dict(params)
    split = columns.pop("transfer_data", None) or {}
    return columns | {f"transfer_{name}": value for name, value in split.items()}
