"""Afterpay, in Britain Clearpay: the payer pays in four parts, and the merchant has all at once."""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "afterpay_clearpay",
    "Afterpay / Clearpay",
    currencies=frozenset({"aud", "cad", "gbp", "nzd", "usd"}),
    countries=("AU", "CA", "GB", "NZ", "US"),
    least={"aud": 1_00, "cad": 1_00, "gbp": 1_00, "nzd": 1_00, "usd": 1_00},
    most={"aud": 2_000_00, "cad": 2_000_00, "gbp": 1_200_00, "nzd": 2_000_00, "usd": 4_000_00},
    is_redirect=True,
    pay_within=3 * 60 * 60,
    charged=("order_id", "reference"),
    billing=("email", "name", "address.line1"),
    refund_days=120,
    options={"reference": None, "setup_future_usage": "none"},
)
