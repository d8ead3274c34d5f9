"""Konbini: the payer pays at the counter of a Japanese shop, with the numbers that it is shown.

The shop tells at once, and a refund needs an account of the payer: a counter takes money only.
"""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "konbini",
    "Konbini",
    currencies=frozenset({"jpy"}),
    countries=("JP",),
    least={"jpy": 120},
    most={"jpy": 300_000},
    is_push=True,
    display="konbini_display_details",
    pay_within=3 * 86_400,
    may_last=(60, 60 * 86_400),
    zone="Asia/Tokyo",
    charged=("store",),
    captures_later=False,
    refund_asks_payer=True,
    billing=("email", "name"),
    options={
        "confirmation_number": None,
        "expires_after_days": None,
        "expires_at": None,
        "product_description": None,
        "setup_future_usage": "none",
    },
)
