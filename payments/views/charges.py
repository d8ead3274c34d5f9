from typing import Any

from api import pagination
from api.views import ApiRequest, ApiView
from connect import queries as connect_queries
from connect import resources as connect_resources
from core.errors import missing
from payments import params as p
from payments import queries, resources
from payments.services import charges

Wire = dict[str, Any]


class ChargesView(ApiView):
    resource = "charges"
    params = {"GET": p.ListChargesParams}

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
