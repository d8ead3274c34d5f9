"""Codes that a merchant shows and a payer scans, as EMVCo and the schemes of countries write them.

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
_SINGAPORE_DOLLAR: Final = "702"
_REAL: Final = "986"
# The payee's trade is not said.
_NO_TRADE: Final = "0000"
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


def to_paynow(
    company: str, reference: str, *, amount: int, expires: str, name: str, city: str = "SINGAPORE"
) -> str:
    """Write the code of a transfer to a company in Singapore.

    Args:
        company: Its number in the register of companies (UEN).
        reference: Up to 25 letters, which come back with the money.
        amount: In cents; the payer cannot change it.
        expires: Until when it can be paid, as `YYYYMMDDHHMMSS` of Singapore.
        name: Up to 25 letters.
        city: Up to 15 letters.
    """
    payee = {"00": "SG.PAYNOW", "01": "2", "02": company, "03": "0", "04": expires}
    return _seal(
        {
            "00": "01",
            "01": _ONE_AMOUNT,
            "26": _join(payee),
            "52": _NO_TRADE,
            "53": _SINGAPORE_DOLLAR,
            "54": _two_places(amount),
            "58": "SG",
            "59": name,
            "60": city,
            "62": _join({"01": reference}),
        }
    )


def to_pix(key: str, reference: str, *, amount: int | None, name: str, city: str) -> str:
    """Write the code of a transfer to a key of Pix.

    Source: the central bank of Brazil's manual for starting a Pix.

    Args:
        key: The payee's: a number, an address for mail, or 36 letters drawn by lot.
        reference: Up to 25 letters and digits; `***` for none.
        amount: In centavos; None to let the payer choose.
        name: Up to 25 letters without accents.
        city: Up to 15 letters without accents.
    """
    return _seal(
        {
            "00": "01",
            "26": _join({"00": "br.gov.bcb.pix", "01": key}),
            "52": _NO_TRADE,
            "53": _REAL,
            "54": "" if amount is None else _two_places(amount),
            "58": "BR",
            "59": name,
            "60": city,
            "62": _join({"05": reference}),
        }
    )


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
        "54": "" if amount is None else _two_places(amount),
        "58": _THAILAND,
        "62": _join(more or {}),
    }
    return _seal(values)


def _seal(values: Mapping[str, str]) -> str:
    text = _join(values) + _CRC
    return text + _checked(text)


def _two_places(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


def _join(values: Mapping[str, str]) -> str:
    return "".join(f"{id}{len(value):02}{value}" for id, value in values.items() if value)


def _checked(text: str) -> str:
    # CRC-16 with the polynomial of CCITT, from FFFF on.
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"
