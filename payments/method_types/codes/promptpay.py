"""PromptPay: the payer scans a code with a Thai bank's app, and sends the money.

It cannot be taken back by the payer, kept for later, or captured later.
"""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "promptpay",
    "PromptPay",
    currencies=frozenset({"thb"}),
    countries=("TH",),
    is_push=True,
    display="promptpay_display_qr_code",
    pay_within=15 * 60,
    zone="Asia/Bangkok",
    charged=("reference",),
    captures_later=False,
    refund_asks_payer=True,
    billing=("email",),
    options={"setup_future_usage": "none"},
)
