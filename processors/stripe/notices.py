"""What Stripe tells us late: its webhooks."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from stripe import StripeClient

from core.types import JsonObject
from processors import signing
from processors.protocols.accounts import RailAccount
from processors.protocols.notices import Fact, FactKind, NoticeRefused
from processors.stripe import checking, disputes, mapping
from processors.stripe.client import client

HEADER = "Stripe-Signature"
# What somebody may have done there, or what happens late: the rest is asked after.
_NEWS: Final = [
    "charge.dispute.closed", "charge.dispute.created", "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn", "charge.dispute.updated", "payment_intent.canceled",
    "payment_intent.payment_failed", "payment_intent.succeeded",
    "radar.early_fraud_warning.created", "refund.created", "refund.failed", "refund.updated",
]  # fmt: skip


def authenticate(
    account: RailAccount, body: bytes, headers: Mapping[str, str], *, at: datetime
) -> str:
    """Return the event's id.

    Raises:
        NoticeRefused: If Stripe did not sign it, or not about now, or not about this account.
        ProcessorUnavailable: If it names an account, and Stripe does not say whether it is ours.
    """
    signing.check(body, headers.get(HEADER, ""), *account.notice_secrets, at=at)
    try:
        event = json.loads(body)
        id, livemode, owner = str(event["id"]), event["livemode"], event.get("account")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoticeRefused("It is not an event.") from error
    if livemode is not account.livemode:
        raise NoticeRefused("It is an event of the other mode.")
    # Events of the account itself name none: those of accounts that are connected to it do.
    if owner is not None and owner != (ours := checking.own_id(account)):
        raise NoticeRefused(
            f"It is an event of the account {str(owner)[:64]}, and {account.name} is {ours}: send "
            "events of this account alone here."
        )
    return id


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
        case "dispute" | "radar.early_fraud_warning":
            report = disputes.read(account, payload)
            return Fact(FactKind.DISPUTE, report.charge_key, report=report) if report else None
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


def told(account: RailAccount, *, since: datetime) -> Iterator[tuple[str, str]]:
    """Read the events since a moment that may be news, oldest first."""
    events = client(account).v1.events.list(
        {"types": _NEWS, "created": {"gte": int(since.timestamp())}, "limit": 100}
    )
    for event in reversed(list(events.auto_paging_iter())):
        yield event.id, json.dumps(event.to_dict())
