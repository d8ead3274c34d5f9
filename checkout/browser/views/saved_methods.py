"""Removing what a payer has saved, in a form of the browser library."""

from api.views import ApiRequest, ApiView
from checkout.browser import params as p
from checkout.browser.services import customers_methods
from core.errors import InvalidRequest
from core.types import JsonObject

Wire = JsonObject
_BY_CUSTOMER = "customer_session_client_secret"
_BY_CHECKOUT = "checkout_session_client_secret"


class RemoveSavedMethodView(ApiView):
    resource = "payment_methods"
    params = {"POST": p.RemoveSavedMethodParams}
    publishable = frozenset({"POST"})
    answers = {"POST": "payment_method"}

    def post(self, request: ApiRequest, params: Wire, method_id: str) -> Wire:
        customer, checkout = params.get(_BY_CUSTOMER), params.get(_BY_CHECKOUT)
        tenant = request.caller.tenant
        if customer and not checkout:
            remove, secret = customers_methods.remove_for_customer, customer
        elif checkout and not customer:
            remove, secret = customers_methods.remove_for_checkout, checkout
        else:
            raise InvalidRequest(
                f"Give the secret of the session that shows the method: {_BY_CUSTOMER} or "
                f"{_BY_CHECKOUT}.",
                code="parameter_missing",
                param=_BY_CUSTOMER,
            )
        return remove(tenant, method_id, secret, at=request.at)
