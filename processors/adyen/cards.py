"""What a payment names its card by, as Adyen takes it.

An instrument is one of three: what Adyen's fields in the payer's browser encrypted, as JSON; a
card that Adyen keeps, as `<shopper>/<token>`; or, in test mode, a published test card's name.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Final

from core.types import Fields, JsonObject

# Source: Adyen's page of test card numbers, of which each expires in 03/2030. Its test platform
# takes them without encryption if `test_` stands before them.
_NUMBERS: Final = {
    "mastercard": "5555341244441115",
    "amex": "370000000000002",
    "discover": "6011601160116611",
    "diners": "36006666333344",
    "jcb": "3569990010095841",
    "visa": "4111111111111111",
}
_ASKS: Final = "4212345678910006"
_ASKING: Final = frozenset(
    {
        "authenticationRequired", "authenticationRequiredOnSetup",
        "authenticationRequiredSetupForOffSession", "threeDSecure2Required",
        "threeDSecureRequired", "authenticationRequiredChargeDeclinedInsufficientFunds",
        "threeDSecureRequiredChargeDeclined", "threeDSecureRequiredProcessingError",
    }
)  # fmt: skip
# Source: Adyen's page of result codes for tests: the reason with which its platform refuses.
_REFUSED_WITH: Final = {
    "chargeDeclined": "2",
    "chargeCustomerFail": "2",
    "chargeDeclinedProcessingError": "4",
    "chargeDeclinedLostCard": "5",
    "chargeDeclinedStolenCard": "5",
    "chargeDeclinedExpiredCard": "6",
    "chargeDeclinedInsufficientFunds": "12",
    "radarBlock": "20",
    "chargeDeclinedIncorrectCvc": "24",
    "visa_chargeDeclinedVelocityLimitExceeded": "28",
    "authenticationRequiredChargeDeclinedInsufficientFunds": "12",
    "threeDSecureRequiredChargeDeclined": "2",
    "threeDSecureRequiredProcessingError": "42",
}
# What these do later Adyen's platform does not play: there they pay like any other card.
_OTHERS: Final = frozenset(
    {
        "avsFail", "avsLine1Fail", "avsZipFail", "avsUnchecked", "cvcCheckFail",
        "riskLevelHighest", "riskLevelElevated", "bypassPending", "pendingRefund", "refundFail",
        "createDispute", "createDisputeProductNotReceived", "createDisputeInquiry",
        "createIssuerFraudRecord", "threeDSecureOptional", "threeDSecureOptionalProcessingError",
        "rialto_timeoutAfterCharge", "rialto_timeoutBeforeCharge", "rialto_slow",
        "rialto_refundDeclined", "rialto_disputePartial", "rialto_disputeLarger",
        "rialto_disputeLate",
    }
)  # fmt: skip
# A brand's other cards, and those of a country.
_BRANDED: Final = re.compile(
    r"(visa|mastercard|amex|discover|diners|jcb)"
    r"(_debit|_prepaid|_second|_second_series|_14_digits)?"
)
_COUNTRY: Final = re.compile(r"[a-z]{2}(_credit|_debit|_mastercard)?")
_ENCRYPTED: Final = frozenset(
    {
        "encryptedCardNumber", "encryptedExpiryMonth", "encryptedExpiryYear",
        "encryptedSecurityCode", "holderName", "brand", "type",
    }
)  # fmt: skip


class Unusable(ValueError):
    """No card that Adyen could be asked to charge."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card, as a request to Adyen names it.

    Args:
        method: The `paymentMethod`.
        additional: What belongs into `additionalData`.
        browser: What Adyen's fields said of the payer's browser.
        shopper: Under whom Adyen keeps the card; None if it does not yet.
    """

    method: JsonObject
    additional: JsonObject = field(default_factory=dict)
    browser: JsonObject = field(default_factory=dict)
    shopper: str | None = None


def read(instrument: str, *, livemode: bool) -> Card:
    """Return the card that an instrument names.

    Raises:
        Unusable: If it names none that Adyen could charge.
    """
    if instrument.startswith("{"):
        return _encrypted(instrument)
    shopper, slash, token = instrument.rpartition("/")
    if slash and shopper and token:
        return Card({"type": "scheme", "storedPaymentMethodId": token}, shopper=shopper)
    if livemode:
        raise Unusable("In live mode a card is a token that Adyen's fields made, or that it keeps.")
    return _test_card(instrument)


def keep(shopper: str, token: str) -> str:
    """Return the instrument of a card that Adyen keeps."""
    return f"{shopper}/{token}"


def _encrypted(instrument: str) -> Card:
    try:
        made: Fields = json.loads(instrument)
        method = dict(made.get("paymentMethod") or {})
        browser = made.get("browserInfo")
    except (ValueError, AttributeError, TypeError) as error:
        raise Unusable("The token is not what Adyen's fields made.") from error
    if "encryptedCardNumber" not in method or method.keys() - _ENCRYPTED:
        raise Unusable("The token has other fields than those that Adyen's fields encrypt.")
    more = {"browserInfo": browser} if isinstance(browser, dict) else {}
    return Card(method | {"type": "scheme"}, browser=more)


def _test_card(name: str) -> Card:
    branded = _BRANDED.fullmatch(name)
    is_known = branded or name in _ASKING or name in _REFUSED_WITH or name in _OTHERS
    if not (is_known or _COUNTRY.fullmatch(name)):
        raise Unusable(
            "It is no card of Adyen's, and its test platform has none that stands for it."
        )
    brand = branded[1] if branded else "visa"
    method = {
        "type": "scheme",
        "encryptedCardNumber": f"test_{_ASKS if name in _ASKING else _NUMBERS[brand]}",
        "encryptedExpiryMonth": "test_03",
        "encryptedExpiryYear": "test_2030",
        "encryptedSecurityCode": "test_7373" if brand == "amex" else "test_737",
        # What the platform has no card for it may read here.
        "holderName": name,
    }
    code = _REFUSED_WITH.get(name)
    return Card(method, {"RequestedTestAcquirerResponseCode": code} if code else {})
