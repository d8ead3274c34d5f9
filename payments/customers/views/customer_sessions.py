from accounts.services import ephemeral_keys
from api.views import ApiRequest, ApiView
from core.types import JsonObject
from payments import resources
from payments.customers import session_params as p
from payments.customers.services import customer_sessions

Wire = JsonObject


class CustomerSessionsView(ApiView):
    resource = "customer_sessions"
    params = {"POST": p.CreateCustomerSessionParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        row, secret = customer_sessions.create(
            tenant=request.caller.tenant, at=request.at, **params
        )
        return resources.customer_session(row, secret)


class EphemeralKeysView(ApiView):
    resource = "ephemeral_keys"
    params = {"POST": p.CreateEphemeralKeyParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        row, secret = customer_sessions.create_key(
            tenant=request.caller.tenant, customer=params["customer"], at=request.at
        )
        return resources.ephemeral_key(row, secret)


class EphemeralKeyView(ApiView):
    resource = "ephemeral_keys"

    def delete(self, request: ApiRequest, params: Wire, key_id: str) -> Wire:
        row = ephemeral_keys.end(tenant=request.caller.tenant, key_id=key_id, at=request.at)
        return resources.ephemeral_key(row)
