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
_FUNDING: Final = frozenset({"credit", "debit", "prepaid"})
_EXPIRY: Final = re.compile(r"(\d{1,2})/(\d{4})")


def describe(answer: Fields) -> str | None:
    """Return the card in an answer as it is kept; None if too little of it is shown."""
    more = answer.get("additionalData") or {}
    expiry = _EXPIRY.fullmatch(str(more.get("expiryDate", "")))
    last4 = str(more.get("cardSummary", ""))
    method = answer.get("paymentMethod") or {}
    brand = str(method.get("brand") or more.get("paymentMethod") or "")
    if not expiry or len(last4) != 4 or not last4.isdigit():
        return None
    funding = str(more.get("fundingSource", "")).lower()
    country = str(more.get("cardIssuingCountry") or more.get("issuerCountry") or "")
    card = ChargedCard(
        brand=_BRANDS.get(brand, "unknown"),
        last4=last4,
        exp_month=int(expiry[1]),
        exp_year=int(expiry[2]),
        funding=funding if funding in _FUNDING else "unknown",
        country=country if len(country) == 2 else None,
        fingerprint=str(more.get("alias", ""))[:64],
    )
    return json.dumps(asdict(card))


def read(kept: str) -> ChargedCard:
    """Return the card that was kept."""
    return ChargedCard(**json.loads(kept))
