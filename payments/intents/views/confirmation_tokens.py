"""Endpoints of confirmation tokens."""

from api.views import ApiRequest, ApiView
from core.errors import InvalidRequest, missing
from core.types import JsonObject
from payments import queries, resources
from payments.intents.services import confirmation_tokens
from payments.methods import params as p
from payments.methods.views import method_choice

Wire = JsonObject


class ConfirmationTokenView(ApiView):
    resource = "confirmation_tokens"

    def get(self, request: ApiRequest, params: Wire, token_id: str) -> Wire:
        row = queries.confirmation_tokens(request.caller.tenant).filter(id=token_id).first()
        if row is None:
            raise missing("confirmation_token", token_id)
        return resources.confirmation_token(row)


class ConfirmationTokensView(ApiView):
    resource = "confirmation_tokens"
    params = {"POST": p.CreateConfirmationTokenParams}
    publishable = frozenset({"POST"})
    answers = {"POST": "confirmation_token"}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        """Make a confirmation token of what a payer has typed in."""
        if request.caller.key_kind == "publishable" and "payment_method" in params:
            raise InvalidRequest(
                "A publishable key makes confirmation tokens of payment_method_data only: send "
                "what the payer has typed in.",
                param="payment_method",
            )
        columns = method_choice.choose_method(params)
        if "payment_method" not in columns:
            raise InvalidRequest(
                "Missing required param: payment_method.",
                code="parameter_missing",
                param="payment_method",
            )
        row = confirmation_tokens.create(tenant=request.caller.tenant, at=request.at, **columns)
        return resources.confirmation_token(row)


class TestConfirmationTokensView(ConfirmationTokensView):
    publishable = frozenset()
    answers = {}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        if request.caller.tenant.livemode:
            raise InvalidRequest("Test helpers work with a test mode key only.")
        return super().post(request, params)
