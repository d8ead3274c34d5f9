"""Alipay: the payer agrees in a wallet that mainland China pays with."""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "alipay",
    "Alipay",
    currencies=frozenset(
        {"aud", "cad", "cny", "eur", "gbp", "hkd", "jpy", "myr", "nzd", "sgd", "usd"}
    ),
    countries=("CN",),
    is_redirect=True,
    pay_within=60 * 60,
    charged=("buyer_id", "fingerprint", "transaction_id"),
    captures_later=False,
    refund_days=90,
    options={},
)
