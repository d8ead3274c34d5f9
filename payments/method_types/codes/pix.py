"""Pix: the payer scans a code with a Brazilian bank's app, or copies it, and sends the money."""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "pix",
    "Pix",
    currencies=frozenset({"brl"}),
    countries=("BR",),
    is_push=True,
    display="pix_display_qr_code",
    pay_within=4 * 60 * 60,
    may_last=(60, 14 * 86_400),
    zone="America/Sao_Paulo",
    charged=("bank_transaction_id",),
    captures_later=False,
    refund_days=90,
    options={
        "amount_includes_iof": "never",
        "expires_after_seconds": None,
        "expires_at": None,
        "setup_future_usage": "none",
    },
)
