"""What Adyen is asked for."""

import re
from typing import Final

from core.types import JsonObject
from processors.adyen import cards, money, told
from processors.protocols.base import ChargeRequest, FollowUp, VerifyRequest

# A card is only verified with no amount of some currency.
_NOTHING: Final[JsonObject] = {"value": 0, "currency": "USD"}
# What a statement may be made of.
_NOT_PRINTED: Final = re.compile(r"[^A-Za-z0-9.,'_\-?+* /]")
_MOST_LETTERS: Final = 22


def charge(request: ChargeRequest, *, livemode: bool) -> JsonObject:
    """Return the body of a payment.

    Raises:
        Unusable: If the instrument is no card of Adyen's.
        TooFine: If Adyen cannot say the amount.
    """
    card = cards.read(request.instrument, livemode=livemode)
    # Whoever is not there cannot be asked.
    back = None if request.is_off_session else request.return_url
    body = _payment(card, request.key, back)
    body["amount"] = money.to_adyen(request.amount, request.currency)
    if request.is_captured:
        body["captureDelayHours"] = 0
    else:
        body["additionalData"]["manualCapture"] = "true"
    if text := _NOT_PRINTED.sub("", request.statement).strip()[:_MOST_LETTERS].strip():
        body["shopperStatement"] = text
    if request.is_off_session:
        body["shopperInteraction"] = "ContAuth"
        body["recurringProcessingModel"] = "UnscheduledCardOnFile"
        if request.network_transaction_id and not card.shopper:
            body["additionalData"]["networkTxReference"] = request.network_transaction_id
    elif card.shopper:
        body["shopperInteraction"] = "ContAuth"
        body["recurringProcessingModel"] = "CardOnFile"
    if request.is_to_be_kept and not card.shopper:
        _keep(body, request.payer or request.key)
    return body


def verify(request: VerifyRequest, *, livemode: bool) -> JsonObject:
    """Return the body of a payment of nothing, which keeps the card.

    Raises:
        Unusable: If the instrument is no card of Adyen's.
    """
    card = cards.read(request.instrument, livemode=livemode)
    body = _payment(card, request.key, request.return_url)
    body["amount"] = _NOTHING
    if not card.shopper:
        _keep(body, request.payer or request.key)
    return body


def modification(request: FollowUp) -> JsonObject:
    """Return the body of a capture or a refund; of a void, without the amount.

    Raises:
        TooFine: If Adyen cannot say the amount.
    """
    body: JsonObject = {"reference": told.reference(request.charge_key, request.key)}
    if request.amount:
        body["amount"] = money.to_adyen(request.amount, request.currency)
    return body


def _payment(card: cards.Card, key: str, return_url: str | None) -> JsonObject:
    body: JsonObject = {
        "reference": key,
        "paymentMethod": card.method,
        "additionalData": dict(card.additional),
        "shopperInteraction": "Ecommerce",
        **card.browser,
    }
    if card.shopper:
        body["shopperReference"] = card.shopper
    if return_url:
        body |= {"channel": "Web", "returnUrl": return_url}
        # The bank's page is gone to, rather than shown in ours.
        body["authenticationData"] = {"threeDSRequestData": {"nativeThreeDS": "disabled"}}
    else:
        body["authenticationData"] = {"attemptAuthentication": "never"}
    return body


def _keep(body: JsonObject, shopper: str) -> None:
    body["storePaymentMethod"] = True
    body["shopperReference"] = shopper
    body["recurringProcessingModel"] = "UnscheduledCardOnFile"


def details(returned: str) -> JsonObject:
    """Return the body that asks how a payment ended whose payer is back."""
    return {"details": {"redirectResult": returned}}


def stop(key: str) -> JsonObject:
    """Return the body that stops a payment by our id of it, however far it has come."""
    return {"paymentReference": key, "reference": f"{key}.cancel"}
