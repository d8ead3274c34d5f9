"""Swish: the payer opens the app of Swedish banks, or scans a code with it, and sends the money."""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "swish",
    "Swish",
    currencies=frozenset({"sek"}),
    countries=("SE",),
    is_push=True,
    display="swish_handle_redirect_or_display_qr_code",
    pay_within=3 * 60,
    zone="Europe/Stockholm",
    charged=("fingerprint", "payment_reference", "verified_phone_last4"),
    captures_later=False,
    refund_days=365,
    options={"reference": None, "setup_future_usage": "none"},
)
