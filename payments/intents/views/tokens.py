from api.views import ApiRequest, ApiView
from connect.onboarding import queries as onboarding_queries
from connect.onboarding.services import sealed_tokens
from core.errors import InvalidRequest, missing
from core.types import JsonObject
from payments import queries, resources
from payments.methods import params as p
from payments.methods.services import tokens

Wire = JsonObject


class TokensView(ApiView):
    resource = "tokens"
    params = {"POST": p.CreateTokenParams}
    publishable = frozenset({"POST"})

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        tenant, kinds = request.caller.tenant, ("card", *sealed_tokens.PREFIXES)
        named = [kind for kind in kinds if kind in params]
        if len(named) != 1:
            raise InvalidRequest(
                f"A token is of one thing. Send one of {', '.join(kinds)}.",
                code="parameters_exclusive" if named else "parameter_missing",
                param=named[1] if named else "card",
            )
        if named == ["card"]:
            card = params["card"]
            token = tokens.create(
                tenant=tenant, card=card, billing_details=_billing(card), at=request.at
            )
            return resources.token(token)
        row = sealed_tokens.create(
            tenant=tenant,
            kind=named[0],
            params=params[named[0]],
            client_ip=request.META.get("REMOTE_ADDR"),
            at=request.at,
        )
        return sealed_tokens.render(row, at=request.at)


class TokenView(ApiView):
    resource = "tokens"

    def get(self, request: ApiRequest, params: Wire, token_id: str) -> Wire:
        tenant = request.caller.tenant
        if row := queries.tokens(tenant).filter(id=token_id).first():
            return resources.token(row)
        sealed = onboarding_queries.sealed_tokens(tenant).filter(id=token_id).first()
        if sealed is None:
            raise missing("token", token_id)
        return sealed_tokens.render(sealed, at=request.at)


def _billing(card: Wire) -> Wire:
    address = {
        name: card[f"address_{word}"]
        for word, name in {
            "city": "city",
            "country": "country",
            "line1": "line1",
            "line2": "line2",
            "state": "state",
            "zip": "postal_code",
        }.items()
        if f"address_{word}" in card
    }
    billing: Wire = {"address": address} if address else {}
    return billing | ({"name": card["name"]} if "name" in card else {})
