"""PayNow: the payer scans a code with a Singaporean bank's app, and sends the money."""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "paynow",
    "PayNow",
    currencies=frozenset({"sgd"}),
    countries=("SG",),
    is_push=True,
    display="paynow_display_qr_code",
    pay_within=60 * 60,
    zone="Asia/Singapore",
    charged=("reference",),
    captures_later=False,
    refund_days=90,
    options={"setup_future_usage": "none"},
)
