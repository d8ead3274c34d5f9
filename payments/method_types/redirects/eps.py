"""EPS: the payer agrees at an Austrian bank."""

from typing import Final

from payments.method_types.base import Method

# Source: the banks of the stripe package, 16.1.
_BANKS: Final[dict[str, str | None]] = dict.fromkeys(
    (
        "arzte_und_apotheker_bank austrian_anadi_bank_ag bank_austria bankhaus_carl_spangler "
        "bankhaus_schelhammer_und_schattera_ag bawag_psk_ag bks_bank_ag brull_kallmus_bank_ag "
        "btv_vier_lander_bank capital_bank_grawe_gruppe_ag deutsche_bank_ag dolomitenbank "
        "easybank_ag erste_bank_und_sparkassen hypo_alpeadriabank_international_ag "
        "hypo_bank_burgenland_aktiengesellschaft hypo_noe_lb_fur_niederosterreich_u_wien "
        "hypo_oberosterreich_salzburg_steiermark hypo_tirol_bank_ag hypo_vorarlberg_bank_ag "
        "marchfelder_bank oberbank_ag raiffeisen_bankengruppe_osterreich schoellerbank_ag "
        "sparda_bank_wien volksbank_gruppe volkskreditbank_ag vr_bank_braunau"
    ).split()
)

METHOD: Final = Method(
    "eps",
    "EPS",
    currencies=frozenset({"eur"}),
    countries=("AT",),
    is_redirect=True,
    pay_within=15 * 60,
    banks=_BANKS,
    charged=("bank", "verified_name"),
    captures_later=False,
    billing=("name",),
    refund_days=180,
    options={"setup_future_usage": "none"},
)
