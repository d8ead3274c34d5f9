from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams, NoParams
from checkout import queries, resources
from checkout.sessions import params as session_params
from checkout.sessions.services import carts, completing, expiry, sessions
from core.types import JsonObject

Wire = JsonObject

_FILTERS = {
    "customer": "customer_id",
    "payment_intent": "payment_intent_id",
    "payment_link": "payment_link_id",
    "status": "status",
}


class SessionsView(ApiView):
    resource = "checkout_sessions"
    params = {
        "POST": session_params.CreateSessionParams,
        "GET": session_params.ListSessionsParams,
    }

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        session = sessions.create(
            tenant=request.caller.tenant,
            platform_id=request.caller.platform_id,
            at=request.at,
            **params,
        )
        return resources.checkout_session(session)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.checkout_sessions(request.caller.tenant), params.get("created")
        )
        rows = rows.filter(**{_FILTERS[name]: params[name] for name in _FILTERS if name in params})
        if details := params.get("customer_details"):
            rows = rows.filter(email=details["email"])
        if "subscription" in params:
            # No session makes one.
            rows = rows.none()
        return pagination.list_page(
            rows,
            params,
            resources.checkout_session,
            kind="checkout.session",
            url=request.path,
            prepare=queries.with_capabilities,
        )


class SessionView(ApiView):
    resource = "checkout_sessions"
    params = {"POST": session_params.UpdateSessionParams, "GET": NoParams}

    def get(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = queries.checkout_session(request.caller.tenant, session_id, param="session")
        return resources.checkout_session(expiry.expire_late(session, at=request.at))

    def post(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = sessions.update(
            tenant=request.caller.tenant, session_id=session_id, changes=params, at=request.at
        )
        return resources.checkout_session(session)


class ExpireView(ApiView):
    resource = "checkout_sessions"
    params = {"POST": NoParams}

    def post(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = expiry.expire(tenant=request.caller.tenant, session_id=session_id, at=request.at)
        return resources.checkout_session(session)


class LineItemsView(ApiView):
    resource = "checkout_sessions"
    params = {"GET": ListParams}

    def get(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = queries.checkout_session(request.caller.tenant, session_id, param="session")
        found, has_more = pagination.cut(carts.shown(session), params, kind="line item")
        return pagination.wire_list(found, dict, has_more=has_more, url=request.path)


class CompleteView(ApiView):
    resource = "checkout_sessions"
    params = {"POST": session_params.CompleteSessionParams}
    answers = {"POST": "checkout.session"}

    def post(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = completing.complete(
            tenant=request.caller.tenant, session_id=session_id, at=request.at, **params
        )
        return resources.checkout_session(session)
