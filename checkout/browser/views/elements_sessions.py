"""What a form asks that is shown before its intent is made."""

from typing import Literal, TypedDict

from api.views import ApiRequest, ApiView
from checkout.browser import params as p
from core.errors import InvalidRequest
from core.types import JsonObject
from payments import method_types, queries, resources
from payments.customers.services import customer_sessions
from payments.methods import capabilities
from payments.methods.services import payment_method_configurations
from processors import registry

Wire = JsonObject


class ElementsSession(TypedDict):
    """How an intent could be paid, or what it could keep."""

    object: Literal["elements_session"]
    livemode: bool
    payment_method_types: list[str]
    # The wire's payment methods, of whoever the customer session is for.
    saved_payment_methods: list[JsonObject]


class ElementsSessionsView(ApiView):
    resource = "payment_method_configurations"
    params = {"GET": p.ElementsSessionParams}
    publishable = frozenset({"GET"})
    answers = {"GET": ElementsSession}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        tenant = request.caller.tenant
        configured = None
        if named := params.get("payment_method_configuration"):
            configured = payment_method_configurations.resolve(tenant, named)
        carried = registry.methods(livemode=tenant.livemode)
        lacking = capabilities.lacking(tenant.account_id, livemode=tenant.livemode) or ()
        if params["mode"] == "setup":
            types = method_types.to_keep([], None, configured, carried, lacking)
        elif "currency" in params:
            types = method_types.available(
                [],
                configured=configured,
                carried=carried,
                lacking=lacking,
                currency=params["currency"],
                is_manual=params.get("capture_method") == "manual",
                is_kept="setup_future_usage" in params,
            )
        else:
            raise InvalidRequest(
                "Missing required param: currency. A payment's form needs it.",
                code="parameter_missing",
                param="currency",
            )
        return {
            "object": "elements_session",
            "livemode": tenant.livemode,
            "payment_method_types": types,
            "saved_payment_methods": _saved(request, params.get("customer_session_client_secret")),
        }


def _saved(request: ApiRequest, secret: str | None) -> list[JsonObject]:
    """Return the methods that a customer may be shown again.

    Raises:
        InvalidRequest: If the customer session has ended, or is another merchant's.
    """
    if secret is None:
        return []
    tenant = request.caller.tenant
    session = customer_sessions.find(tenant=tenant, secret=secret, at=request.at)
    if session is None:
        raise InvalidRequest(
            "This customer session has ended, or is none of yours. Make a new one.",
            code="resource_missing",
            param="customer_session_client_secret",
        )
    shown = resources.customer_session(session, secret)["components"]["payment_element"]
    features = shown["features"]
    if not shown["enabled"] or features["payment_method_redisplay"] != "enabled":
        return []
    rows = queries.payment_methods(tenant).filter(
        customer_id=session.customer_id,
        allow_redisplay__in=features["payment_method_allow_redisplay_filters"],
    )
    newest = rows.order_by("-created_at", "-id")[: features["payment_method_redisplay_limit"]]
    return [resources.payment_method(row) for row in newest]
