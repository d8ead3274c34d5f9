"""What the wire has and Rialto's rails cannot do: empty lists, and errors that say so."""

from typing import ClassVar

from api.absent.views import AnyListParams, AnyParams
from api.lists import pagination
from api.views import ApiRequest, ApiView
from core.errors import InvalidRequest, missing
from core.types import JsonObject
from payments import queries

Wire = JsonObject


class _OfCustomerView(ApiView):
    """Something of a customer: a stranger's customer is missing, and so is what it would have."""

    resource = "customers"
    why: ClassVar[str]
    kind: ClassVar[str] = ""

    def refuse(self, request: ApiRequest, customer_id: str) -> Wire:
        queries.customer(request.caller.tenant, customer_id)
        raise InvalidRequest(self.why, code="feature_not_supported")

    def none(self, request: ApiRequest, customer_id: str) -> Wire:
        queries.customer(request.caller.tenant, customer_id)
        return pagination.wire_list([], dict, has_more=False, url=request.path)

    def lacks(self, request: ApiRequest, customer_id: str, id: str) -> Wire:
        queries.customer(request.caller.tenant, customer_id)
        raise missing(self.kind, id)


_CASH = (
    "Customers have no cash balance here: no rail of this Rialto takes bank transfers. Charge a "
    "payment method instead."
)


class CashBalanceView(_OfCustomerView):
    params = {"POST": AnyParams}
    why = _CASH

    def get(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        return self.refuse(request, customer_id)

    def post(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        return self.refuse(request, customer_id)


class CashBalanceTransactionsView(_OfCustomerView):
    params = {"GET": AnyListParams}

    def get(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        return self.none(request, customer_id)


class CashBalanceTransactionView(_OfCustomerView):
    kind = "customer cash balance transaction"

    def get(self, request: ApiRequest, params: Wire, customer_id: str, row_id: str) -> Wire:
        return self.lacks(request, customer_id, row_id)


class RefusedActionView(_OfCustomerView):
    """`funding_instructions`, and funding a cash balance in test mode."""

    params = {"POST": AnyParams}
    why = _CASH

    def post(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        return self.refuse(request, customer_id)


class DiscountView(_OfCustomerView):
    kind = "discount"

    def delete(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        return self.lacks(request, customer_id, customer_id)


class SubscriptionsView(_OfCustomerView):
    params = {"GET": AnyListParams}
    answers = {"GET": "subscription[]"}

    def get(self, request: ApiRequest, params: Wire, customer_id: str) -> Wire:
        return self.none(request, customer_id)


class _OfIntentView(ApiView):
    resource = "payment_intents"
    params = {"POST": AnyParams}
    why: ClassVar[str]

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        intent = queries.payment_intent(request.caller.tenant, intent_id)
        raise InvalidRequest(f"{intent.id}: {self.why}", code="feature_not_supported")


class ApplyCustomerBalanceView(_OfIntentView):
    why = _CASH


class IncrementAuthorizationView(_OfIntentView):
    why = (
        "its rail cannot authorise more than was authorised at first. Capture what there is, and "
        "charge the rest with a new PaymentIntent."
    )


class VerifyMicrodepositsView(_OfIntentView):
    why = "no payment method of this Rialto is verified by micro-deposits."
