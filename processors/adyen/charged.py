"""The card that Adyen charged, as far as its answer shows it.

What it shows is chosen in its Customer Area, under additional data.
"""

import json
import re
from dataclasses import asdict
from typing import Final

from core.types import Fields
from processors.protocols.instruments import ChargedCard

# Source: Adyen's page of payment method variants.
_BRANDS: Final = {
    "visa": "visa", "mc": "mastercard", "amex": "amex", "discover": "discover", "diners": "diners",
    "jcb": "jcb", "cup": "unionpay",
}  # fmt: skip
_NOTHING: Final = ChargedCard("unknown", "", None, None)
_FUNDING: Final = frozenset({"credit", "debit", "prepaid"})
_EXPIRY: Final = re.compile(r"(\d{1,2})/(\d{4})")


def describe(answer: Fields) -> str | None:
    """Return the card in an answer as it is kept; None if nothing of it is shown.

    The network is in every answer, all else only where the account shows it.
    """
    more = answer.get("additionalData") or {}
    expiry = _EXPIRY.fullmatch(str(more.get("expiryDate", "")))
    last4 = str(more.get("cardSummary", ""))
    method = answer.get("paymentMethod") or {}
    brand = str(method.get("brand") or more.get("paymentMethod") or "")
    funding = str(more.get("fundingSource", "")).lower()
    country = str(more.get("cardIssuingCountry") or more.get("issuerCountry") or "")
    card = ChargedCard(
        brand=_brand(brand),
        last4=last4 if len(last4) == 4 and last4.isdigit() else "",
        exp_month=int(expiry[1]) if expiry else None,
        exp_year=int(expiry[2]) if expiry else None,
        funding=funding if funding in _FUNDING else "unknown",
        country=country if len(country) == 2 else None,
        fingerprint=str(more.get("alias", ""))[:64],
    )
    return json.dumps(asdict(card)) if card != _NOTHING else None


def _brand(variant: str) -> str:
    """Return the network of a variant, such as `mccredit` or `visa_applepay`."""
    if found := _BRANDS.get(variant):
        return found
    return next((name for word, name in _BRANDS.items() if variant.startswith(word)), "unknown")


def read(kept: str) -> ChargedCard:
    """Return the card that was kept."""
    return ChargedCard(**json.loads(kept))
