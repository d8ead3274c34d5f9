from typing import Any

from django.db.models import QuerySet

from api.lists import pagination
from api.views import ApiRequest, ApiView
from checkout import queries, resources
from checkout.catalog import rate_params
from checkout.catalog.services import shipping_rates, tax_rates
from core.types import JsonObject

Wire = JsonObject


class TaxRatesView(ApiView):
    resource = "tax_rates"
    params = {"POST": rate_params.CreateTaxRateParams, "GET": rate_params.ListTaxRatesParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        rate = tax_rates.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.tax_rate(rate)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        columns = {"active": "is_active", "inclusive": "is_inclusive"}
        rows = _filtered(queries.tax_rates(request.caller.tenant), params, columns)
        return pagination.list_page(
            rows, params, resources.tax_rate, kind="tax rate", url=request.path
        )


class TaxRateView(ApiView):
    resource = "tax_rates"
    params = {"POST": rate_params.TaxRateParams}

    def get(self, request: ApiRequest, params: Wire, tax_rate_id: str) -> Wire:
        return resources.tax_rate(queries.tax_rate(request.caller.tenant, tax_rate_id))

    def post(self, request: ApiRequest, params: Wire, tax_rate_id: str) -> Wire:
        rate = tax_rates.update(
            tenant=request.caller.tenant, rate_id=tax_rate_id, changes=params, at=request.at
        )
        return resources.tax_rate(rate)


class ShippingRatesView(ApiView):
    resource = "shipping_rates"
    params = {
        "POST": rate_params.CreateShippingRateParams,
        "GET": rate_params.ListShippingRatesParams,
    }

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        # There is only one type, which no row needs to keep.
        params.pop("type", None)
        rate = shipping_rates.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.shipping_rate(rate)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        columns = {"active": "is_active", "currency": "currency"}
        rows = _filtered(queries.shipping_rates(request.caller.tenant), params, columns)
        return pagination.list_page(
            rows, params, resources.shipping_rate, kind="shipping rate", url=request.path
        )


class ShippingRateView(ApiView):
    resource = "shipping_rates"
    params = {"POST": rate_params.UpdateShippingRateParams}

    def get(self, request: ApiRequest, params: Wire, shipping_rate_id: str) -> Wire:
        rate = queries.shipping_rate(request.caller.tenant, shipping_rate_id)
        return resources.shipping_rate(rate)

    def post(self, request: ApiRequest, params: Wire, shipping_rate_id: str) -> Wire:
        rate = shipping_rates.update(
            tenant=request.caller.tenant, rate_id=shipping_rate_id, changes=params, at=request.at
        )
        return resources.shipping_rate(rate)


def _filtered(rows: QuerySet[Any], params: Wire, columns: dict[str, str]) -> QuerySet[Any]:
    rows = pagination.created_within(rows, params.get("created"))
    return rows.filter(
        **{column: params[name] for name, column in columns.items() if name in params}
    )
