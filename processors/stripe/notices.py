"""What Stripe tells us late: its webhooks."""

import json
from collections.abc import Mapping
from datetime import datetime

from stripe import StripeClient

from core.types import JsonObject
from processors import signing
from processors.protocols.accounts import RailAccount
from processors.protocols.notices import Fact, FactKind, NoticeRefused
from processors.stripe import mapping
from processors.stripe.client import client

HEADER = "Stripe-Signature"


def authenticate(
    account: RailAccount, body: bytes, headers: Mapping[str, str], *, at: datetime
) -> str:
    """Return the event's id.

    Raises:
        NoticeRefused: If Stripe did not sign it, or not about now.
    """
    signing.check(body, headers.get(HEADER, ""), *account.notice_secrets, at=at)
    try:
        return str(json.loads(body)["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise NoticeRefused("It is not an event.") from error


def translate(account: RailAccount, body: str) -> Fact | None:
    """Return the fact that an event tells; None if it is about nothing of ours."""
    payload = json.loads(body)["data"]["object"]
    key = (payload.get("metadata") or {}).get(mapping.OUR_KEY)
    match payload.get("object"):
        case "payment_intent" if key:
            return Fact(FactKind.CHARGE, key)
        case "refund" if key:
            return Fact(FactKind.REFUND, key)
        case "refund":
            return _outside(client(account), payload)
    return None


def _outside(stripe: StripeClient, payload: JsonObject) -> Fact | None:
    """Return the fact of a refund made at Stripe itself; None if its charge is not ours."""
    if not payload.get("payment_intent"):
        return None
    intent = stripe.v1.payment_intents.retrieve(payload["payment_intent"])
    key = intent.metadata.to_dict().get(mapping.OUR_KEY) if intent.metadata else None
    if not key:
        return None
    now = stripe.v1.refunds.retrieve(payload["id"])
    return Fact(FactKind.OUTSIDE_REFUND, key, mapping.refund(now))
