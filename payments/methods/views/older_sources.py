from api.absent.views import AnyListParams, AnyParams
from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.errors import InvalidRequest
from core.types import JsonObject
from payments import queries, resources
from payments.methods import source_params as p
from payments.methods.services import older_sources

Wire = JsonObject


class OlderSourcesView(ApiView):
    resource = "payment_methods"
    params = {"POST": p.CreateOlderSourceParams}
    publishable = frozenset({"POST"})

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        kind, flow = params.pop("type"), params.pop("flow", "none")
        if kind != "card" or flow != "none":
            raise InvalidRequest(
                "Sources are made of cards here, without a flow. For other ways to pay make a "
                "PaymentMethod, and confirm a PaymentIntent with it.",
                code="feature_not_supported",
                param="type" if kind != "card" else "flow",
            )
        if "token" not in params:
            raise InvalidRequest(
                "Missing required param: token.", code="parameter_missing", param="token"
            )
        row = older_sources.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.source(row)


class OlderSourceView(ApiView):
    resource = "payment_methods"
    params = {"GET": p.RetrieveOlderSourceParams, "POST": p.UpdateOlderSourceParams}
    publishable = frozenset({"GET"})

    def get(self, request: ApiRequest, params: Wire, source_id: str) -> Wire:
        row = older_sources.retrieve(
            tenant=request.caller.tenant,
            source_id=source_id,
            secret=params.get("client_secret"),
            needs_secret=request.caller.key_kind == "publishable",
        )
        return resources.source(row)

    def post(self, request: ApiRequest, params: Wire, source_id: str) -> Wire:
        row = older_sources.update(
            tenant=request.caller.tenant, source_id=source_id, changes=params, at=request.at
        )
        return resources.source(row)


class SourceTransactionsView(ApiView):
    resource = "payment_methods"
    params = {"GET": AnyListParams}

    def get(self, request: ApiRequest, params: Wire, source_id: str) -> Wire:
        """Answer with an empty list: to a card nobody sends money."""
        queries.older_source(request.caller.tenant, source_id)
        return pagination.wire_list([], dict, has_more=False, url=request.path)


class VerifyOlderSourceView(ApiView):
    resource = "payment_methods"
    params = {"POST": AnyParams}

    def post(self, request: ApiRequest, params: Wire, source_id: str) -> Wire:
        queries.older_source(request.caller.tenant, source_id)
        raise InvalidRequest(
            "A card is not verified before it is charged: the source is chargeable as it is.",
            code="feature_not_supported",
        )
