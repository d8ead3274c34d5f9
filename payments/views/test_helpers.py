"""What only test mode has: what the payer would do, done by a request."""

from typing import Any

from api.views import ApiRequest, ApiView
from core.errors import InvalidRequest
from payments import params as p
from payments import resources
from payments.services import challenges

Wire = dict[str, Any]


class AuthenticateView(ApiView):
    resource = "payment_intents"
    params = {"POST": p.AuthenticateParams}
    answers = {"POST": "payment_intent"}

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        tenant = request.caller.tenant
        if tenant.livemode:
            raise InvalidRequest("Test helpers work with a test mode key only.")
        row = challenges.open_of(tenant, intent_id)
        said = challenges.Answer(params.get("outcome", "authenticated"))
        return resources.payment_intent(challenges.answer(row, said, at=request.at))
