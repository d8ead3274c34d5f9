"""Accounts in the euro area and around it, debited through SEPA's core scheme.

The processor says after days whether the bank paid. A payer may take any debit back for eight
weeks, and an unauthorised one for thirteen months.
"""

from typing import Final

from core.errors import InvalidRequest
from core.types import Fields
from payments.method_types.base import Account, Method

# The countries of the scheme, by the letters with which their IBANs begin.
COUNTRIES: Final = frozenset(
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT "
    "NL NO PL PT RO RS SE SI SK SM VA".split()
)


def _read(params: Fields) -> Account:
    """Read what a payer typed in.

    Raises:
        InvalidRequest: If it is no IBAN, or of a country outside the scheme.
    """
    # It reads every country's registry, which only those who take debits wait for.
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    text = str(params.get("iban", ""))
    if not text:
        raise InvalidRequest(
            "Missing required param: sepa_debit[iban].",
            code="parameter_missing",
            param="sepa_debit[iban]",
        )
    try:
        iban = IBAN(text)
    except SchwiftyException as error:
        raise InvalidRequest(
            "The IBAN you provided is invalid.",
            code="invalid_bank_account_iban",
            param="sepa_debit[iban]",
        ) from error
    if iban.country_code not in COUNTRIES:
        raise InvalidRequest(
            f"The IBAN's country ({iban.country_code}) does not take part in SEPA direct debits.",
            code="invalid_bank_account_iban",
            param="sepa_debit[iban]",
        )
    return Account(
        number=iban.compact,
        last4=iban.compact[-4:],
        country=iban.country_code,
        details={"bank_code": iban.bank_code or None, "branch_code": iban.branch_code or None},
    )


METHOD: Final = Method(
    "sepa_debit",
    "SEPA Direct Debit",
    currencies=frozenset({"eur"}),
    is_slow=True,
    settles_in_days=5,
    needs_mandate=True,
    captures_later=False,
    billing=("name", "email"),
    read=_read,
    mandate=("reference", "url"),
)
