"""What a form asks that is shown before its intent is made."""

from typing import Literal, TypedDict

from api.views import ApiRequest, ApiView
from checkout.browser import params as p
from core.errors import InvalidRequest
from core.types import JsonObject
from payments import method_types
from payments.methods.services import payment_method_configurations
from processors import registry

Wire = JsonObject


class ElementsSession(TypedDict):
    """How an intent could be paid, or what it could keep."""

    object: Literal["elements_session"]
    livemode: bool
    payment_method_types: list[str]


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
        if params["mode"] == "setup":
            types = method_types.to_keep([], None, configured, carried)
        elif "currency" in params:
            types = method_types.available(
                [],
                configured=configured,
                carried=carried,
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
        }
