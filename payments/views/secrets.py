"""What a payer's browser may see: one intent, with its client secret."""

import hmac
from typing import Any

from api.caller import Caller
from core.errors import InvalidRequest, missing
from payments.models import PaymentIntent, SetupIntent


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
            "Missing required param: client_secret.", code="parameter_missing",
            param="client_secret",
        )  # fmt: skip
    if not hmac.compare_digest(secret.encode(), intent.client_secret.encode()):
        raise missing(resource_of(intent), intent.id, param="intent")


def shown(caller: Caller, rendered: dict[str, Any]) -> dict[str, Any]:
    """Keep what is the merchant's own business from a publishable key."""
    if caller.key_kind != "publishable":
        return rendered
    private = ("application_fee_amount", "customer", "metadata", "transfer_data", "transfer_group")
    return {name: value for name, value in rendered.items() if name not in private}


def resource_of(intent: PaymentIntent | SetupIntent) -> str:
    """Name the kind of an intent as the wire does."""
    return "setup_intent" if isinstance(intent, SetupIntent) else "payment_intent"
