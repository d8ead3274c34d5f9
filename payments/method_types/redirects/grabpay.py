"""GrabPay: the payer agrees in a wallet of South-East Asia."""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "grabpay",
    "GrabPay",
    currencies=frozenset({"myr", "sgd"}),
    countries=("MY", "SG"),
    is_redirect=True,
    pay_within=60 * 60,
    charged=("transaction_id",),
    captures_later=False,
    refund_days=90,
    options={"setup_future_usage": "none"},
)
