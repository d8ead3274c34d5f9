"""iDEAL: the payer agrees at a Dutch bank, which says whose account it was.

The account can be debited later through SEPA, if the payer agreed to that.
"""

from typing import Final

from payments.method_types.base import Method

# Source: the banks of the stripe package, 16.1, with the BIC that it names for each.
_BANKS: Final = {
    "abn_amro": "ABNANL2A", "adyen": "ADYBNL2A", "asn_bank": "ASNBNL21", "bunq": "BUNQNL2A",
    "buut": "BUUTNL2A", "finom": "FNOMNL22", "handelsbanken": "HANDNL2A", "ing": "INGBNL2A",
    "knab": "KNABNL2H", "mollie": "MLLENL2A", "moneyou": "MOYONL21", "n26": "NTSBDEB1",
    "nn": "NNBANL2G", "rabobank": "RABONL2U", "regiobank": "RBRBNL21", "revolut": "REVOLT21",
    "sns_bank": "SNSBNL2A", "triodos_bank": "TRIONL2U", "van_lanschot": "FVLBNL22",
    "yoursafe": "BITSNL2A",
}  # fmt: skip

METHOD: Final = Method(
    "ideal",
    "iDEAL",
    currencies=frozenset({"eur"}),
    countries=("NL",),
    is_redirect=True,
    pay_within=15 * 60,
    banks=_BANKS,
    charged=("bank", "bic", "iban_last4", "transaction_id", "verified_name"),
    keeps_as="sepa_debit",
    captures_later=False,
    refund_days=180,
    options={},
)
