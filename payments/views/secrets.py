"""Which intent a payer's browser may reach: the one whose client secret it has."""

import hmac

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


def resource_of(intent: PaymentIntent | SetupIntent) -> str:
    """Name the kind of an intent as the wire does."""
    return "setup_intent" if isinstance(intent, SetupIntent) else "payment_intent"
