from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.types import JsonObject
from payments import queries, resources
from payments.methods import source_params as p
from payments.methods.services import bank_sources, sources

Wire = JsonObject

_TYPES = {"bank_account": "us_bank_account", "card": "card"}


class SourcesView(ApiView):
    resource = "customers"
    params = {"POST": p.CreateSourceParams, "GET": p.ListSourcesParams}

    def get(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        queries.customer(request.caller.tenant, customer_id)
        rows = queries.sources(request.caller.tenant, customer_id)
        if "object" in params:
            rows = rows.filter(type=_TYPES[params["object"]])
        cursors = {
            name: resources.method_id_of(params[name])
            for name in ("starting_after", "ending_before")
            if name in params
        }
        return pagination.list_page(
            rows, params | cursors, resources.source, kind="source", url=request.path
        )

    def post(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        row = sources.create(
            tenant=request.caller.tenant, customer_id=customer_id, at=request.at, **params
        )
        return resources.source(row)


class SourceView(ApiView):
    resource = "customers"
    params = {"POST": p.UpdateSourceParams}

    def get(self, request: ApiRequest, params: Wire, customer_id: str, row_id: str) -> Wire:
        return resources.source(queries.source(request.caller.tenant, customer_id, row_id))

    def post(self, request: ApiRequest, params: Wire, customer_id: str, row_id: str) -> Wire:
        row = sources.update(
            tenant=request.caller.tenant,
            customer_id=customer_id,
            source_id=row_id,
            changes=params,
            at=request.at,
        )
        return resources.source(row)

    def delete(self, request: ApiRequest, params: Wire, customer_id: str, row_id: str) -> Wire:
        row = sources.remove(
            tenant=request.caller.tenant, customer_id=customer_id, source_id=row_id, at=request.at
        )
        wire = resources.source(row)
        if row.source is not None:
            return wire
        return {"id": wire["id"], "object": wire["object"], "deleted": True}


class VerifySourceView(ApiView):
    resource = "customers"
    params = {"POST": p.VerifySourceParams}

    def post(self, request: ApiRequest, params: Wire, customer_id: str, row_id: str) -> Wire:
        row = bank_sources.verify(
            tenant=request.caller.tenant,
            customer_id=customer_id,
            source_id=row_id,
            at=request.at,
            **params,
        )
        return resources.source(row)
