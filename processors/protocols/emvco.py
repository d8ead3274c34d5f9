"""Codes that a merchant shows and a payer scans, as EMVCo and Thailand's PromptPay write them.

Source: EMVCo's specification of merchant-presented codes, and the Bank of Thailand's Thai QR Code
Payment standard. Each value stands behind two digits that name it and two that count it.
"""

import binascii
from collections.abc import Mapping
from typing import Final

# Whom the money goes to: a person or shop by an own number, or a biller with its references.
_TRANSFER: Final = ("29", "A000000677010111")
_BILL: Final = ("30", "A000000677010112")
# ISO 4217 and 3166.
_BAHT: Final = "764"
_THAILAND: Final = "TH"
_ONE_AMOUNT, _ANY_AMOUNT = "12", "11"
_CRC: Final = "6304"


def to_phone(phone: str, amount: int | None = None) -> str:
    """Write the code of a transfer to whoever registered a phone number.

    Args:
        phone: Ten digits, as in Thailand.
        amount: In satang; None to let the payer choose.
    """
    abroad = f"66{phone.removeprefix('0')}"
    return _payload(_TRANSFER, {"01": abroad.zfill(13)}, amount)


def to_national_id(number: str, amount: int | None = None) -> str:
    """Write the code of a transfer to a person's or a company's 13 digits for taxes."""
    return _payload(_TRANSFER, {"02": number}, amount)


def to_wallet(number: str, amount: int | None = None) -> str:
    """Write the code of a transfer to the 15 digits of an e-wallet."""
    return _payload(_TRANSFER, {"03": number}, amount)


def to_biller(
    biller: str,
    reference: str,
    second_reference: str = "",
    *,
    amount: int | None = None,
    terminal: str = "",
) -> str:
    """Write the code of a bill: its references come back with the money.

    Args:
        biller: 15 digits: of the company, and of the service.
        reference: Up to 20 capital letters and digits.
        second_reference: The same; empty for none.
        amount: In satang; None to let the payer choose.
        terminal: Where the code is shown; empty for nowhere in particular.
    """
    named = {"01": biller, "02": reference, "03": second_reference}
    return _payload(_BILL, named, amount, {"07": terminal})


def is_whole(payload: str) -> bool:
    """Return whether a code is what somebody wrote: its last four letters check the others."""
    return payload[-8:-4] == _CRC and payload[-4:] == _checked(payload[:-4])


def _payload(
    way: tuple[str, str],
    payee: Mapping[str, str],
    amount: int | None,
    more: Mapping[str, str] | None = None,
) -> str:
    number, scheme = way
    values = {
        "00": "01",
        "01": _ANY_AMOUNT if amount is None else _ONE_AMOUNT,
        number: _join({"00": scheme, **payee}),
        "53": _BAHT,
        "54": "" if amount is None else f"{amount // 100}.{amount % 100:02}",
        "58": _THAILAND,
        "62": _join(more or {}),
    }
    text = _join(values) + _CRC
    return text + _checked(text)


def _join(values: Mapping[str, str]) -> str:
    return "".join(f"{id}{len(value):02}{value}" for id, value in values.items() if value)


def _checked(text: str) -> str:
    # CRC-16 with the polynomial of CCITT, from FFFF on.
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"
