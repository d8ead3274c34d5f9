from typing import Final

from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.errors import Forbidden, InvalidRequest
from core.types import JsonObject
from payments import queries, resources
from payments.methods import params as method_params
from payments.methods.services import copied_methods, payment_methods
from payments.models import PaymentMethod

Wire = JsonObject

_CHANGEABLE: Final = ("billing_details", "allow_redisplay", "metadata")
_OF_COPIES: Final = frozenset({"payment_method", "customer", "type", *_CHANGEABLE})


class PaymentMethodsView(ApiView):
    resource = "payment_methods"
    params = {
        "POST": method_params.CreatePaymentMethodParams,
        "GET": method_params.ListPaymentMethodsParams,
    }
    publishable = frozenset({"POST"})
    ephemeral = frozenset({"GET"})

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        if "payment_method" in params or "customer" in params:
            return resources.payment_method(_copy(request, params))
        if "type" not in params:
            raise InvalidRequest(
                "Missing required param: type.", code="parameter_missing", param="type"
            )
        method = payment_methods.create(tenant=request.caller.tenant, at=request.at, **params)
        return resources.payment_method(method)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.payment_methods(request.caller.tenant)
        if "customer" in params:
            rows = rows.filter(customer_id=params["customer"])
        if "type" in params:
            rows = rows.filter(type=params["type"])
        return pagination.list_page(
            rows, params, resources.payment_method, kind="payment_method", url=request.path
        )


def _copy(request: ApiRequest, params: Wire) -> PaymentMethod:
    """Copy a payment method of the platform that asks to the account that it names."""
    if request.caller.key_kind == "publishable":
        raise Forbidden(
            "Saved payment methods cannot be copied with a publishable API key. Do so with a "
            "secret API key, from a server.",
            code="secret_key_required",
            param="payment_method",
        )
    if "payment_method" not in params:
        raise InvalidRequest(
            "Missing required param: payment_method. To save a new payment method to a customer, "
            "attach it: POST /v1/payment_methods/{id}/attach.",
            code="parameter_missing",
            param="payment_method",
        )
    for name in params:
        if name not in _OF_COPIES:
            raise InvalidRequest(
                f"A copy is of the payment method's own type and number: {name} may not be said.",
                param=name,
            )
    return copied_methods.create(
        tenant=request.caller.tenant,
        platform=request.caller.platform,
        method_id=params["payment_method"],
        customer_id=params.get("customer"),
        changes={name: params[name] for name in _CHANGEABLE if name in params},
        at=request.at,
    )


class PaymentMethodView(ApiView):
    resource = "payment_methods"
    params = {"POST": method_params.UpdatePaymentMethodParams}

    def get(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        return resources.payment_method(
            payment_methods.find(request.caller.tenant, method_id, param="id", at=request.at)
        )

    def post(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        method = payment_methods.update(
            tenant=request.caller.tenant, method_id=method_id, changes=params, at=request.at
        )
        return resources.payment_method(method)
