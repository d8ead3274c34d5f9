from api.lists import pagination, search
from api.views import ApiRequest, ApiView
from checkout import queries, resources, search_fields
from checkout.catalog import params as catalog_params
from checkout.catalog.services import prices
from core.types import JsonObject

Wire = JsonObject


class PricesView(ApiView):
    resource = "prices"
    params = {"POST": catalog_params.CreatePriceParams, "GET": catalog_params.ListPricesParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        # There is only one billing scheme, which no row needs to keep.
        params.pop("billing_scheme", None)
        price = prices.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.price(price)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.prices(request.caller.tenant), params.get("created")
        )
        wanted = {
            "active": "is_active",
            "currency": "currency",
            "lookup_keys": "lookup_key__in",
            "product": "product__public_id",
        }
        rows = rows.filter(
            **{column: params[name] for name, column in wanted.items() if name in params}
        )
        if "type" in params:
            rows = rows.filter(recurring__isnull=params["type"] == "one_time")
        for name, word in params.get("recurring", {}).items():
            rows = rows.filter(**{f"recurring__{name}": word})
        return pagination.list_page(rows, params, resources.price, kind="price", url=request.path)


class PriceView(ApiView):
    resource = "prices"
    params = {"POST": catalog_params.UpdatePriceParams}

    def get(self, request: ApiRequest, params: Wire, price_id: str) -> Wire:
        return resources.price(queries.price(request.caller.tenant, price_id))

    def post(self, request: ApiRequest, params: Wire, price_id: str) -> Wire:
        is_transferred = params.pop("transfer_lookup_key", False)
        price = prices.update(
            tenant=request.caller.tenant,
            price_id=price_id,
            changes=params,
            transfer_lookup_key=is_transferred,
            at=request.at,
        )
        return resources.price(price)


class SearchPricesView(ApiView):
    resource = "prices"
    params = {"GET": search.SearchParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        return search.find(
            queries.prices(request.caller.tenant),
            params,
            search_fields.PRICES,
            resources.price,
            tenant=request.caller.tenant,
            url=request.path,
        )
