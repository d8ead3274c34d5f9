"""What people call the banks that payers choose among, by the wire's word."""

from typing import Final

BANK_NAMES: Final = {
    # iDEAL
    "abn_amro": "ABN AMRO", "adyen": "Adyen", "asn_bank": "ASN Bank", "bunq": "bunq",
    "buut": "BUUT", "finom": "Finom", "handelsbanken": "Handelsbanken", "ing": "ING",
    "knab": "Knab", "mollie": "Mollie", "moneyou": "Moneyou", "n26": "N26",
    "nn": "Nationale-Nederlanden", "rabobank": "Rabobank", "regiobank": "RegioBank",
    "revolut": "Revolut", "sns_bank": "SNS Bank", "triodos_bank": "Triodos Bank",
    "van_lanschot": "Van Lanschot", "yoursafe": "Yoursafe",
    # EPS
    "arzte_und_apotheker_bank": "Ärzte- und Apothekerbank",
    "austrian_anadi_bank_ag": "Austrian Anadi Bank", "bank_austria": "Bank Austria",
    "bankhaus_carl_spangler": "Bankhaus Carl Spängler",
    "bankhaus_schelhammer_und_schattera_ag": "Bankhaus Schelhammer & Schattera",
    "bawag_psk_ag": "BAWAG P.S.K.", "bks_bank_ag": "BKS Bank",
    "brull_kallmus_bank_ag": "Brüll Kallmus Bank",
    "btv_vier_lander_bank": "BTV Vier Länder Bank",
    "capital_bank_grawe_gruppe_ag": "Capital Bank Grawe Gruppe",
    "deutsche_bank_ag": "Deutsche Bank", "dolomitenbank": "Dolomitenbank",
    "easybank_ag": "easybank", "erste_bank_und_sparkassen": "Erste Bank und Sparkassen",
    "hypo_alpeadriabank_international_ag": "Hypo Alpe-Adria-Bank International",
    "hypo_bank_burgenland_aktiengesellschaft": "HYPO-BANK BURGENLAND",
    "hypo_noe_lb_fur_niederosterreich_u_wien": "HYPO NOE Landesbank für Niederösterreich und Wien",
    "hypo_oberosterreich_salzburg_steiermark": "HYPO Oberösterreich, Salzburg, Steiermark",
    "hypo_tirol_bank_ag": "Hypo Tirol Bank", "hypo_vorarlberg_bank_ag": "Hypo Vorarlberg Bank",
    "marchfelder_bank": "Marchfelder Bank", "oberbank_ag": "Oberbank",
    "raiffeisen_bankengruppe_osterreich": "Raiffeisen Bankengruppe Österreich",
    "schoellerbank_ag": "Schoellerbank", "sparda_bank_wien": "Sparda-Bank Wien",
    "volksbank_gruppe": "Volksbank Gruppe", "volkskreditbank_ag": "Volkskreditbank",
    "vr_bank_braunau": "VR-Bank Braunau",
    # Przelewy24
    "alior_bank": "Alior Bank", "bank_millennium": "Bank Millennium",
    "bank_nowy_bfg_sa": "Bank Nowy", "bank_pekao_sa": "Bank Pekao",
    "banki_spbdzielcze": "Banki Spółdzielcze", "blik": "BLIK", "bnp_paribas": "BNP Paribas",
    "boz": "BOŚ Bank", "citi_handlowy": "Citi Handlowy", "credit_agricole": "Crédit Agricole",
    "envelobank": "EnveloBank", "etransfer_pocztowy24": "Pocztowy24", "getin_bank": "Getin Bank",
    "ideabank": "Idea Bank", "inteligo": "Inteligo", "mbank_mtransfer": "mBank",
    "nest_przelew": "Nest Bank", "noble_pay": "Noble Pay", "pbac_z_ipko": "PKO BP (iPKO)",
    "plus_bank": "Plus Bank", "santander_przelew24": "Santander",
    "tmobile_usbugi_bankowe": "T-Mobile Usługi Bankowe", "toyota_bank": "Toyota Bank",
    "velobank": "VeloBank", "volkswagen_bank": "Volkswagen Bank",
}  # fmt: skip
