"""The codes that payers of the simulated world pay by: whole ones, of payees that do not exist."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from core.ids import random_text
from processors.protocols import emvco
from processors.protocols.base import ChargeRequest
from processors.protocols.payers import CODE, REFERENCE, STORES

# No bank knows them: a code of test mode cannot be paid by anybody.
_BILLER: Final = "000000000000000"
_COMPANY: Final = "000000000X"
_PIX_KEY: Final = "00000000-0000-0000-0000-000000000000"
_PAYEE: Final = "TEST MODE"


def _promptpay(request: ChargeRequest, reference: str, ends: int) -> dict[str, str]:
    code = emvco.to_biller(_BILLER, reference, amount=request.amount)
    return {CODE: code, REFERENCE: reference}


def _paynow(request: ChargeRequest, reference: str, ends: int) -> dict[str, str]:
    there = datetime.fromtimestamp(ends, ZoneInfo("Asia/Singapore"))
    code = emvco.to_paynow(
        _COMPANY,
        reference,
        amount=request.amount,
        expires=f"{there:%Y%m%d%H%M%S}",
        name=_PAYEE,
    )
    return {CODE: code, REFERENCE: reference}


def _pix(request: ChargeRequest, reference: str, ends: int) -> dict[str, str]:
    code = emvco.to_pix(_PIX_KEY, reference, amount=request.amount, name=_PAYEE, city="BRASILIA")
    return {CODE: code, "bank_transaction_id": f"E{reference}"}


def _swish(request: ChargeRequest, reference: str, ends: int) -> dict[str, str]:
    # The app takes a token behind this letter.
    return {
        CODE: f"D{reference}",
        "fingerprint": reference[::-1][:16],
        "payment_reference": reference,
        "verified_phone_last4": "0000",
    }


def _konbini(request: ChargeRequest, reference: str, ends: int) -> dict[str, str]:
    digits = str(int(reference, 36))
    told: dict[str, str] = {}
    for number, store in enumerate(STORES):
        told[f"{store}_code"] = f"{number}{digits[:10]}"
        told[f"{store}_number"] = request.payer_code or digits[-11:]
    # Where the payer goes in the end.
    return told | {"store": STORES[0]}


_WRITERS: Final[dict[str, Callable[[ChargeRequest, str, int], dict[str, str]]]] = {
    "konbini": _konbini,
    "paynow": _paynow,
    "pix": _pix,
    "promptpay": _promptpay,
    "swish": _swish,
}
TYPES: Final = frozenset(_WRITERS)


def write(request: ChargeRequest, type: str, *, ends: int) -> dict[str, str]:
    """Return what a payer pays a charge by, as an outcome's details.

    Args:
        request: The charge.
        type: The payment method's.
        ends: Until when it can be paid, in seconds of the epoch.
    """
    return _WRITERS[type](request, random_text(18).upper(), ends)
