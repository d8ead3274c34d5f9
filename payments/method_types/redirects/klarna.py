"""Klarna: the payer agrees to pay now, later or in parts, and Klarna pays the merchant at once."""

from typing import Final

from payments.method_types.base import Method

_COUNTRIES: Final = tuple(
    "AT AU BE CA CH CZ DE DK ES FI FR GB GR IE IT NL NO NZ PL PT RO SE US".split()
)

METHOD: Final = Method(
    "klarna",
    "Klarna",
    currencies=frozenset(
        {"aud", "cad", "chf", "czk", "dkk", "eur", "gbp", "nok", "nzd", "pln", "ron", "sek", "usd"}
    ),
    countries=_COUNTRIES,
    is_redirect=True,
    pay_within=60 * 60,
    charged=("payer_details", "payment_method_category", "preferred_locale"),
    billing=("email", "address.country"),
    refund_days=180,
    is_disputable=True,
    options={"preferred_locale": None},
)
