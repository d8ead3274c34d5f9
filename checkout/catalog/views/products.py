from api.lists import pagination, search
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from checkout import queries, resources, search_fields
from checkout.catalog import params as catalog_params
from checkout.catalog.services import products
from core.errors import InvalidRequest, missing
from core.types import JsonObject

Wire = JsonObject


class ProductsView(ApiView):
    resource = "products"
    params = {
        "POST": catalog_params.CreateProductParams,
        "GET": catalog_params.ListProductsParams,
    }

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        product = products.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.product(product)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.products(request.caller.tenant), params.get("created")
        )
        wanted = {"active": "is_active", "shippable": "is_shippable", "type": "type", "url": "url"}
        rows = rows.filter(
            **{column: params[name] for name, column in wanted.items() if name in params}
        )
        if "ids" in params:
            rows = rows.filter(public_id__in=params["ids"])
        return pagination.list_page(
            rows, params, resources.product, kind="product", url=request.path, key="public_id"
        )


class ProductView(ApiView):
    resource = "products"
    params = {"POST": catalog_params.UpdateProductParams}

    def get(self, request: ApiRequest, params: Wire, product_id: str) -> Wire:
        return resources.product(queries.product(request.caller.tenant, product_id))

    def post(self, request: ApiRequest, params: Wire, product_id: str) -> Wire:
        product = products.update(
            tenant=request.caller.tenant, product_id=product_id, changes=params, at=request.at
        )
        return resources.product(product)

    def delete(self, request: ApiRequest, params: Wire, product_id: str) -> Wire:
        product = products.delete(
            tenant=request.caller.tenant, product_id=product_id, at=request.at
        )
        return resources.deleted_product(product)


class SearchProductsView(ApiView):
    resource = "products"
    params = {"GET": search.SearchParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        return search.find(
            queries.products(request.caller.tenant),
            params,
            search_fields.PRODUCTS,
            resources.product,
            tenant=request.caller.tenant,
            url=request.path,
        )


class FeaturesView(ApiView):
    """What a product lets its buyers do: nothing that Rialto would know of."""

    resource = "products"
    params = {"GET": ListParams, "POST": catalog_params.NewFeatureParams}

    def get(self, request: ApiRequest, params: Wire, product_id: str) -> Wire:
        queries.product(request.caller.tenant, product_id)
        return pagination.wire_list([], dict, has_more=False, url=request.path)

    def post(self, request: ApiRequest, params: Wire, product_id: str) -> Wire:
        product = queries.product(request.caller.tenant, product_id)
        raise InvalidRequest(
            f"{product.public_id}: Rialto does not keep what buyers may do. Keep it in the "
            "product's metadata.",
            code="feature_not_supported",
        )


class FeatureView(ApiView):
    resource = "products"

    def get(self, request: ApiRequest, params: Wire, product_id: str, id: str) -> Wire:
        return self._lacks(request, product_id, id)

    def delete(self, request: ApiRequest, params: Wire, product_id: str, id: str) -> Wire:
        return self._lacks(request, product_id, id)

    def _lacks(self, request: ApiRequest, product_id: str, id: str) -> Wire:
        queries.product(request.caller.tenant, product_id)
        raise missing("product feature", id)
