from typing import Any

from api.lists import pagination, search
from api.views import ApiRequest, ApiView
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services import seller_payments
from core.errors import InvalidRequest, missing
from core.types import JsonObject
from payments import queries, resources, search_fields
from payments.charges.services import charges
from payments.intents import charge_params
from payments.intents import charge_params as own
from payments.intents.services import standalone_charges
from payments.models import Charge

Wire = JsonObject


class ChargesView(ApiView):
    resource = "charges"
    params = {"POST": own.CreateChargeParams, "GET": charge_params.ListChargesParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        charge = standalone_charges.create(
            tenant=request.caller.tenant,
            at=request.at,
            platform_id=request.caller.platform_id,
            **_columns(params),
        )
        return resources.charge(charge)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        tenant, created = request.caller.tenant, params.get("created")
        rows = pagination.created_within(queries.charges(tenant), created)
        # A seller's side of a transfer is a charge on the wire too: without payer and intent.
        payments = pagination.created_within(transfer_queries.payments_of(tenant), created)
        if "customer" in params:
            rows, payments = rows.filter(customer_id=params["customer"]), payments.none()
        if "payment_intent" in params:
            rows, payments = (
                rows.filter(payment_intent_id=params["payment_intent"]),
                payments.none(),
            )
        if "transfer_group" in params:
            rows = rows.filter(transfer_group=params["transfer_group"])
            payments = payments.filter(transfer__transfer_group=params["transfer_group"])
        found, has_more = pagination.page_of_several(
            {"ch": rows, "py": payments}, params, kind="charge"
        )
        return pagination.wire_list(found, _render, has_more=has_more, url=request.path)


class ChargeView(ApiView):
    resource = "charges"
    params = {"POST": charge_params.UpdateChargeParams}

    def get(self, request: ApiRequest, params: Wire, charge_id: str) -> Wire:
        if charge_id.startswith("py_"):
            payment = transfer_queries.seller_payment(request.caller.tenant, charge_id)
            if payment is None:
                raise missing("charge", charge_id)
            return _render(payment)
        return resources.charge(queries.charge(request.caller.tenant, charge_id))

    def post(self, request: ApiRequest, params: Wire, charge_id: str) -> Wire:
        tenant = request.caller.tenant
        if charge_id.startswith("py_"):
            return _render(
                seller_payments.update(
                    tenant=tenant, payment_id=charge_id, changes=params, at=request.at
                )
            )
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
        return search.find(
            rows,
            params,
            search_fields.CHARGES,
            resources.charge,
            tenant=request.caller.tenant,
            url=request.path,
        )


def _render(row: Any) -> Wire:
    if isinstance(row, Charge):
        return resources.charge(row)
    return transfer_resources.seller_payment(row, row.transfer)


def _columns(params: Wire) -> Wire:
    columns = dict(params)
    if (older := columns.pop("destination", None)) is not None:
        if "transfer_data" in columns:
            raise InvalidRequest(
                "You may only specify one of these parameters: destination, transfer_data.",
                code="parameters_exclusive",
                param="destination",
            )
        split = {"account": older} if isinstance(older, str) else older
        names = {"account": "destination", "amount": "amount"}
        columns["transfer_data"] = {names[name]: value for name, value in split.items()}
    split = columns.pop("transfer_data", None) or {}
    return columns | {f"transfer_{name}": value for name, value in split.items()}
