from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from core.database.lookups import one
from core.errors import InvalidRequest
from core.types import Fields, JsonObject
from payments import queries, resources
from payments.customers import tax_id_params as p
from payments.customers.services import tax_ids

Wire = JsonObject
_KIND = "tax id"


class CustomersTaxIdsView(ApiView):
    resource = "customers"
    params = {"POST": p.CreateTaxIdParams, "GET": ListParams}

    def post(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        row = tax_ids.create(
            tenant=request.caller.tenant, customer_id=customer_id, at=request.at, **params
        )
        return resources.tax_id(row)

    def get(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        queries.customer(request.caller.tenant, customer_id)
        rows = queries.tax_ids(request.caller.tenant, customer_id)
        return pagination.list_page(rows, params, resources.tax_id, kind=_KIND, url=request.path)


class CustomersTaxIdView(ApiView):
    resource = "customers"

    def get(self, request: ApiRequest, params: Wire, customer_id: str, tax_id: str) -> Wire:
        tenant = request.caller.tenant
        queries.customer(tenant, customer_id)
        return resources.tax_id(one(queries.tax_ids(tenant, customer_id), tax_id, kind=_KIND))

    def delete(self, request: ApiRequest, params: Wire, customer_id: str, tax_id: str) -> Wire:
        tenant = request.caller.tenant
        queries.customer(tenant, customer_id)
        tax_ids.delete(tenant=tenant, tax_id=tax_id, customer_id=customer_id, at=request.at)
        return _render_deleted(tax_id)


class TaxIdsView(ApiView):
    resource = "customers"
    params = {"POST": p.CreateOwnedTaxIdParams, "GET": p.ListTaxIdsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        customer_id = _customer_id(params.pop("owner", {}))
        row = tax_ids.create(
            tenant=request.caller.tenant,
            customer_id=customer_id,
            param="owner[customer]",
            at=request.at,
            **params,
        )
        return resources.tax_id(row)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        tenant, customer_id = request.caller.tenant, _customer_id(params.get("owner", {}))
        if customer_id is not None:
            queries.customer(tenant, customer_id, param="owner[customer]")
        rows = queries.tax_ids(tenant).filter(customer_id=customer_id)
        return pagination.list_page(rows, params, resources.tax_id, kind=_KIND, url=request.path)


class TaxIdView(ApiView):
    resource = "customers"

    def get(self, request: ApiRequest, params: Wire, tax_id: str) -> Wire:
        return resources.tax_id(one(queries.tax_ids(request.caller.tenant), tax_id, kind=_KIND))

    def delete(self, request: ApiRequest, params: Wire, tax_id: str) -> Wire:
        tax_ids.delete(tenant=request.caller.tenant, tax_id=tax_id, at=request.at)
        return _render_deleted(tax_id)


def _render_deleted(tax_id: str) -> Wire:
    return {"id": tax_id, "object": "tax_id", "deleted": True}


def _customer_id(owner: Fields) -> str | None:
    """Return the customer whose tax id it is; None for the merchant's own.

    Raises:
        InvalidRequest: If the owner is somebody else, or not named.
    """
    kind, customer = owner.get("type", "self"), owner.get("customer")
    if kind in ("account", "application"):
        raise InvalidRequest(
            "Tax ids are kept of whoever asks, and of customers. Ask for a connected account with "
            "its id in the Stripe-Account header.",
            code="feature_not_supported",
            param="owner[type]",
        )
    if kind == "customer" and not customer:
        raise InvalidRequest(
            "Name the customer whose tax id it is.",
            code="parameter_missing",
            param="owner[customer]",
        )
    if kind != "customer" and customer:
        raise InvalidRequest(
            "Send owner[customer] with owner[type]=customer only.", param="owner[customer]"
        )
    return customer
