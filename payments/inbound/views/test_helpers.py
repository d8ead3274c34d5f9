"""What only test mode has: what the payer would do, done by a request."""

from api.views import ApiRequest, ApiView
from core.errors import InvalidRequest
from core.types import JsonObject
from payments import queries, resources
from payments.inbound.services import challenges
from payments.intents import params as intent_params

Wire = JsonObject


class AuthenticateView(ApiView):
    resource = "payment_intents"
    params = {"POST": intent_params.AuthenticateParams}
    answers = {"POST": "payment_intent"}

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        tenant = request.caller.tenant
        if tenant.livemode:
            raise InvalidRequest("Test helpers work with a test mode key only.")
        row = challenges.open_of(tenant, queries.payment_intent(tenant, intent_id))
        result = challenges.Answer(params.get("outcome", "authenticated"))
        challenges.answer(row, result, at=request.at)
        return resources.payment_intent(queries.payment_intent(tenant, intent_id))


class AuthenticateSetupView(ApiView):
    resource = "setup_intents"
    params = {"POST": intent_params.AuthenticateParams}
    answers = {"POST": "setup_intent"}

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        tenant = request.caller.tenant
        if tenant.livemode:
            raise InvalidRequest("Test helpers work with a test mode key only.")
        row = challenges.open_of(tenant, queries.setup_intent(tenant, intent_id))
        result = challenges.Answer(params.get("outcome", "authenticated"))
        challenges.answer(row, result, at=request.at)
        return resources.setup_intent(queries.setup_intent(tenant, intent_id))
