"""Accounts at banks of the United States, debited through ACH.

The processor says after days whether the bank paid. A payer may take an unauthorised debit back
for sixty days more.
"""

from typing import Final

from core.errors import InvalidRequest
from core.types import Fields
from payments.method_types.base import Account, Method

_WEIGHTS: Final = (3, 7, 1) * 3


def _read(params: Fields) -> Account:
    """Read what a payer typed in.

    Raises:
        InvalidRequest: If the routing number fails its checksum, or the account number is none.
    """
    routing, number = _digits(params, "routing_number"), _digits(params, "account_number")
    if len(routing) != 9 or sum(w * int(d) for w, d in zip(_WEIGHTS, routing, strict=True)) % 10:
        raise InvalidRequest(
            "Invalid routing number for US: it has nine digits, and the last one checks the "
            "others.",
            code="routing_number_invalid",
            param="us_bank_account[routing_number]",
        )
    if not 4 <= len(number) <= 17:
        raise InvalidRequest(
            "Invalid account number for US: it has 4 to 17 digits.",
            code="account_number_invalid",
            param="us_bank_account[account_number]",
        )
    return Account(
        number=f"{routing} {number}",
        last4=number[-4:],
        country="US",
        details={
            "account_holder_type": params.get("account_holder_type", "individual"),
            "account_type": params.get("account_type", "checking"),
            "bank_name": "RIALTO TEST BANK" if routing == "110000000" else None,
            "routing_number": routing,
        },
    )


def _digits(params: Fields, name: str) -> str:
    text = str(params.get(name, "")).replace(" ", "").replace("-", "")
    if not text:
        raise InvalidRequest(
            f"Missing required param: us_bank_account[{name}].",
            code="parameter_missing",
            param=f"us_bank_account[{name}]",
        )
    return text if text.isascii() and text.isdigit() else ""


METHOD: Final = Method(
    "us_bank_account",
    "US bank account",
    currencies=frozenset({"usd"}),
    is_slow=True,
    settles_in_days=4,
    needs_mandate=True,
    captures_later=False,
    billing=("name",),
    read=_read,
    options={"verification_method": "automatic"},
    capability="us_bank_account_ach_payments",
)
