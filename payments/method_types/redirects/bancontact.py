"""Bancontact: the payer agrees with a Belgian card or app.

The account behind it can be debited later through SEPA, if the payer agreed to that.
"""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "bancontact",
    "Bancontact",
    currencies=frozenset({"eur"}),
    countries=("BE",),
    is_redirect=True,
    pay_within=15 * 60,
    charged=("bank_code", "bank_name", "bic", "iban_last4", "preferred_language", "verified_name"),
    keeps_as="sepa_debit",
    captures_later=False,
    billing=("name",),
    refund_days=180,
    options={"preferred_language": "en"},
)
