"""Przelewy24: the payer agrees at a Polish bank, some of which pay only afterwards."""

from typing import Final

from payments.method_types.base import Method

# Source: the banks of the stripe package, 16.1.
_BANKS: Final[dict[str, str | None]] = dict.fromkeys(
    (
        "alior_bank bank_millennium bank_nowy_bfg_sa bank_pekao_sa banki_spbdzielcze blik "
        "bnp_paribas boz citi_handlowy credit_agricole envelobank etransfer_pocztowy24 getin_bank "
        "ideabank ing inteligo mbank_mtransfer nest_przelew noble_pay pbac_z_ipko "
        "plus_bank santander_przelew24 tmobile_usbugi_bankowe toyota_bank velobank volkswagen_bank"
    ).split()
)

METHOD: Final = Method(
    "p24",
    "Przelewy24",
    currencies=frozenset({"eur", "pln"}),
    countries=("PL",),
    is_redirect=True,
    pay_within=60 * 60,
    answers_later=True,
    banks=_BANKS,
    charged=("bank", "reference", "verified_name"),
    captures_later=False,
    billing=("email",),
    refund_days=180,
    options={"setup_future_usage": "none"},
)
