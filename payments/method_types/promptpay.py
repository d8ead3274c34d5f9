"""PromptPay: the payer scans a code with a Thai bank's app, and sends the money.

It cannot be taken back by the payer, kept for later, or captured later.
"""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "promptpay",
    "PromptPay",
    currencies=frozenset({"thb"}),
    is_push=True,
    captures_later=False,
    billing=("email",),
    options={"setup_future_usage": "none"},
)
