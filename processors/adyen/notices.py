"""What Adyen tells us late: items, each with an event of its own and signed by itself.

What is signed of an item is believed: its references, amount, event and success. What else it
says (`additionalData`, `reason`) is kept for people to read, and moves nothing.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from core.types import Fields, JsonObject
from processors.adyen import disputes, mapping, reports, told
from processors.adyen.about import MERCHANT_ACCOUNT
from processors.protocols.accounts import RailAccount
from processors.protocols.notices import Fact, FactKind, NoticeRefused

# What Adyen waits for: anything else is sent again.
ACKNOWLEDGEMENT: Final = "[accepted]"

_SIGNED: Final = (
    "pspReference", "originalReference", "merchantAccountCode", "merchantReference",
)  # fmt: skip
_MOST_ITEMS: Final = 100
# About what: others are kept in the inbox, and are about nothing that is ours to apply.
_ABOUT_CHARGES: Final = frozenset(
    {"CAPTURE", told.CAPTURE_FAILED, "CANCELLATION", "TECHNICAL_CANCEL", told.AUTHORISATION}
)
_ABOUT_REFUNDS: Final = frozenset({"REFUND", "REFUND_FAILED", "REFUNDED_REVERSED"})


class CaptureFailed(RuntimeError):
    """Money that was counted on will not come: an operator must look."""


def split(body: bytes) -> Sequence[bytes]:
    """Return the items of a batch, each as a batch of its own.

    Raises:
        NoticeRefused: If it is no batch.
    """
    whole = _parse(body)
    items = whole.get("notificationItems")
    if not isinstance(items, list) or not 0 < len(items) <= _MOST_ITEMS:
        raise NoticeRefused("It is not a batch of items.")
    if len(items) == 1:
        return [body]
    return [
        json.dumps({"live": whole.get("live"), "notificationItems": [item]}).encode()
        for item in items
    ]


def authenticate(
    account: RailAccount, body: bytes, headers: Mapping[str, str], *, at: datetime
) -> str:
    """Return an item's own id: what comes with the same one is the same again.

    Nothing signed says when: an item that comes late is as good as one that comes at once.

    Raises:
        NoticeRefused: If Adyen did not sign it for this account.
    """
    whole = _parse(body)
    try:
        (wrapped,) = whole["notificationItems"]
        item: JsonObject = wrapped["NotificationRequestItem"]
        _check(account, item)
        is_live = str(whole["live"]).lower() == "true"
        names = (item["eventCode"], item["pspReference"], str(item["success"]).lower())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoticeRefused("It is not an item.") from error
    if is_live is not account.livemode:
        raise NoticeRefused("It is of the other mode.")
    if item["merchantAccountCode"] != account.credentials.get(MERCHANT_ACCOUNT):
        raise NoticeRefused("It is another merchant account's.")
    return ":".join(str(name) for name in names)


def translate(account: RailAccount, body: str) -> Fact | None:
    """Keep what an item tells, and return where to look; None if it is about nothing of ours.

    Raises:
        CaptureFailed: If a payment that is paid by our books will not be.
    """
    item = _parse(body.encode())["notificationItems"][0]["NotificationRequestItem"]
    event = str(item["eventCode"])
    if event == reports.AVAILABLE:
        # It is read when statements are: the name is signed, the address beside it is not.
        told.keep(account.name, event, item, key="")
        return None
    if event not in _ABOUT_CHARGES | _ABOUT_REFUNDS | disputes.EVENTS:
        return None
    key = told.key_of(account.name, item["pspReference"], str(item.get("merchantReference") or ""))
    more = mapping.refusal(item) | mapping.shown(item, disputes.SHOWN)
    told.keep(account.name, event, item, key=key, more=more)
    charge, _, own = key.partition(".")
    if event in disputes.EVENTS:
        found = disputes.report(account, event, str(item["pspReference"]), charge)
        return Fact(FactKind.DISPUTE, charge, report=found) if found else None
    if event in _ABOUT_REFUNDS and own:
        return Fact(FactKind.REFUND, own)
    if event in _ABOUT_REFUNDS:
        # Made at Adyen by hand: it has no id of ours.
        outcome = told.find_outside(account.name, str(item["pspReference"]))
        return Fact(FactKind.OUTSIDE_REFUND, charge, outcome) if charge and outcome else None
    if event == told.CAPTURE_FAILED and told.was_captured(account.name, key):
        raise CaptureFailed(
            f"{charge} is paid here, and Adyen will not get its money: refund it, or say who bears "
            "it. Then this notice can stay as it is."
        )
    return Fact(FactKind.CHARGE, charge)


def _parse(body: bytes) -> JsonObject:
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoticeRefused("It is no JSON.") from error
    if not isinstance(whole, dict):
        raise NoticeRefused("It is not a batch of items.")
    return whole


def _check(account: RailAccount, item: Fields) -> None:
    given = str(item["additionalData"]["hmacSignature"]).encode()
    keys = [secret for secret in account.notice_secrets if secret]
    if not any(hmac.compare_digest(given, sign(item, key)) for key in keys):
        raise NoticeRefused("The signature does not fit.")


def sign(item: Fields, secret: str) -> bytes:
    """Return the signature of an item.

    Args:
        item: What is signed.
        secret: The key in hexadecimal digits.

    Raises:
        NoticeRefused: If the secret is no such key.
    """
    amount = item["amount"]
    values = [item.get(name) or "" for name in _SIGNED]
    values += [amount["value"], amount["currency"], item["eventCode"], item["success"]]
    try:
        key = binascii.a2b_hex(secret)
    except (ValueError, binascii.Error) as error:
        raise NoticeRefused("The account's secret is not in hexadecimal digits.") from error
    text = ":".join(str(value) for value in values)
    return base64.b64encode(hmac.digest(key, text.encode(), hashlib.sha256))
