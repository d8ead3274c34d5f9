from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams, NoParams
from checkout import queries, resources
from checkout.links import params as link_params
from checkout.links.services import items, links
from core.types import JsonObject

Wire = JsonObject


class LinksView(ApiView):
    resource = "payment_links"
    params = {"POST": link_params.CreateLinkParams, "GET": link_params.ListLinksParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        link = links.create(
            tenant=request.caller.tenant,
            platform_id=request.caller.platform_id,
            at=request.at,
            **params,
        )
        return resources.payment_link(link)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.payment_links(request.caller.tenant)
        if "active" in params:
            rows = rows.filter(is_active=params["active"])
        return pagination.list_page(
            rows, params, resources.payment_link, kind="payment_link", url=request.path
        )


class LinkView(ApiView):
    resource = "payment_links"
    params = {"POST": link_params.UpdateLinkParams, "GET": NoParams}

    def get(self, request: ApiRequest, params: Wire, payment_link_id: str) -> Wire:
        return resources.payment_link(queries.payment_link(request.caller.tenant, payment_link_id))

    def post(self, request: ApiRequest, params: Wire, payment_link_id: str) -> Wire:
        link = links.update(
            tenant=request.caller.tenant, link_id=payment_link_id, changes=params, at=request.at
        )
        return resources.payment_link(link)


class LineItemsView(ApiView):
    resource = "payment_links"
    params = {"GET": ListParams}

    def get(self, request: ApiRequest, params: Wire, payment_link_id: str) -> Wire:
        link = queries.payment_link(request.caller.tenant, payment_link_id)
        found, has_more = pagination.cut(items.shown(link), params, kind="line item")
        return pagination.wire_list(found, dict, has_more=has_more, url=request.path)
