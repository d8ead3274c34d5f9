"""Client secrets: a payer's browser reaches the intent whose secret it has."""

import hmac
from collections.abc import Collection
from typing import Final

from api.access.caller import Caller
from api.views import ApiRequest
from core.errors import Forbidden, InvalidRequest, missing
from core.types import JsonObject
from payments.models import PaymentIntent, SetupIntent

# What a payer says when it confirms; the rest is the merchant's to decide.
_OF_PAYERS: Final = frozenset(
    {"client_secret", "confirmation_token", "mandate_data", "payment_method",
     "payment_method_data", "payment_method_options", "receipt_email", "return_url",
     "setup_future_usage", "shipping"}
)  # fmt: skip


def check_params(caller: Caller, params: Collection[str]) -> None:
    """Refuse a publishable key the parameters that only the merchant sets.

    Raises:
        Forbidden: It names the parameter.
    """
    if caller.key_kind != "publishable":
        return
    for name in params:
        if name not in _OF_PAYERS:
            raise Forbidden(
                f"The parameter {name} cannot be set with a publishable API key. Set it when you "
                "create the intent, with a secret API key.",
                code="secret_key_required",
                param=name,
            )


def infer_acceptance(request: ApiRequest, params: JsonObject) -> None:
    """Write down from where a payer accepts a mandate, if its own browser is what asks.

    Raises:
        InvalidRequest: If a server asks, from which nothing about the payer can be inferred.
    """
    acceptance = (params.get("mandate_data") or {}).get("customer_acceptance") or {}
    online = acceptance.get("online") or {}
    if not online.pop("infer_from_client", False):
        return
    if request.caller.key_kind != "publishable":
        name = "mandate_data[customer_acceptance][online][infer_from_client]"
        raise InvalidRequest(
            f"{name} can only be used with a publishable API key, from the payer's browser. Send "
            "ip_address and user_agent instead.",
            param=name,
        )
    online["ip_address"] = request.META["REMOTE_ADDR"]
    online["user_agent"] = request.META.get("HTTP_USER_AGENT", "")[:1_000] or "unknown"


def check(caller: Caller, intent: PaymentIntent | SetupIntent, secret: str | None) -> None:
    """Refuse a publishable key without the intent's secret.

    Raises:
        Missing: If the secret is wrong: to this caller there is no such intent.
        InvalidRequest: If there is none.
    """
    if caller.key_kind != "publishable" and secret is None:
        return
    if secret is None:
        raise InvalidRequest(
            "Missing required param: client_secret.",
            code="parameter_missing",
            param="client_secret",
        )
    if not hmac.compare_digest(secret.encode(), intent.client_secret.encode()):
        raise missing(resource_of(intent), intent.id, param="intent")


def resource_of(intent: PaymentIntent | SetupIntent) -> str:
    """Name the kind of an intent as the wire does."""
    return "setup_intent" if isinstance(intent, SetupIntent) else "payment_intent"
