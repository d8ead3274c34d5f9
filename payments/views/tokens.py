from typing import Any

from api.views import ApiRequest, ApiView
from core.errors import InvalidRequest, missing
from payments import queries, resources
from payments.params import payment_methods as p
from payments.services import confirmation_tokens, tokens
from payments.views import chosen

Wire = dict[str, Any]

# What the wire can make tokens of, and Rialto has no use for.
_OTHERS = ("account", "bank_account", "cvc_update", "person", "pii")


class TokensView(ApiView):
    resource = "tokens"
    params = {"POST": p.CreateTokenParams}
    publishable = frozenset({"POST"})

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        for name in _OTHERS:
            if name in params:
                raise InvalidRequest(
                    f"Tokens of {name} are not supported by this Rialto: make one of a card, or "
                    "send the details with the request that uses them.",
                    param=name,
                )
        card = params.get("card")
        if card is None:
            raise InvalidRequest(
                "Missing required param: card.", code="parameter_missing", param="card"
            )
        row = tokens.create(
            tenant=request.caller.tenant, card=card, billing_details=_billing(card), at=request.at
        )
        return resources.token(row)


class TokenView(ApiView):
    resource = "tokens"

    def get(self, request: ApiRequest, params: Wire, token_id: str) -> Wire:
        row = queries.tokens(request.caller.tenant).filter(id=token_id).first()
        if row is None:
            raise missing("token", token_id)
        return resources.token(row)


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
        columns = chosen.method(params)
        if "payment_method" not in columns:
            raise InvalidRequest(
                "Missing required param: payment_method.", code="parameter_missing",
                param="payment_method",
            )  # fmt: skip
        row = confirmation_tokens.create(tenant=request.caller.tenant, at=request.at, **columns)
        return resources.confirmation_token(row)


class TestConfirmationTokensView(ConfirmationTokensView):
    publishable = frozenset()
    answers = {}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        if request.caller.tenant.livemode:
            raise InvalidRequest("Test helpers work with a test mode key only.")
        return super().post(request, params)


def _billing(card: Wire) -> Wire:
    address = {
        name: card[f"address_{word}"]
        for word, name in {
            "city": "city", "country": "country", "line1": "line1", "line2": "line2",
            "state": "state", "zip": "postal_code",
        }.items()
        if f"address_{word}" in card
    }  # fmt: skip
    billing: Wire = {"address": address} if address else {}
    return billing | ({"name": card["name"]} if "name" in card else {})
