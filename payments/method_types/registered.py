"""All types of payment methods, in the order in which payers are offered them."""

from typing import Final

from payments.method_types import card, codes, redirects, sepa_debit, us_bank_account

ALL: Final = (
    card.METHOD,
    us_bank_account.METHOD,
    sepa_debit.METHOD,
    *codes.ALL,
    *redirects.ALL,
)
METHODS: Final = {method.type: method for method in ALL}
TYPES: Final = tuple(METHODS)
# What a payer has to do, as the wire names it, of those for which a code is scanned.
DISPLAYS: Final = {method.display: method for method in ALL if method.is_push}
# Those that can be charged again, or leave something behind that can.
LASTING: Final = tuple(method.type for method in ALL if method.is_lasting)
