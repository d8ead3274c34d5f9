"""Validation of bank account numbers by country."""

import re
from dataclasses import dataclass
from typing import Final

from connect.onboarding.countries import number_formats
from connect.onboarding.countries.catalog import BY_IBAN, TABLE, Row
from core.errors import InvalidRequest

_ANY_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{4,30}")


@dataclass(frozen=True, slots=True)
class BankDetails:
    """A bank account's numbers, in the form in which they are kept.

    Args:
        number: The account's number, or its IBAN: digits and capital letters only.
        routing: The number of bank and branch, or the BIC; None if it is not known.
        bank_name: The bank's name; None if it is not known.
        is_iban: True if `number` is one.
    """

    number: str
    routing: str | None
    bank_name: str | None
    is_iban: bool

    @property
    def last4(self) -> str:
        """The only part of the number that anybody is shown."""
        return self.number[-4:]


# Whose banks may name another country in their BICs than in their IBANs. Source: European Payments
# Council, list of SEPA scheme countries (EPC409-09).
_ELSEWHERE: Final = {
    "ES": ("EA", "IC"),
    "FI": ("AX",),
    "FR": ("BL", "GF", "GP", "MC", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"),
    "GB": ("GG", "IM", "JE"),
}
# Whose accounts have IBANs of another country. Monaco has its own, and Ceuta and the Canaries are
# no countries in ISO 3166-1. Source: SWIFT, IBAN registry, "country code includes".
_IBANS_OF: Final = {
    part: country
    for country, parts in _ELSEWHERE.items()
    for part in parts
    if part not in ("MC", "EA", "IC")
}
# Where IBANs are in use and in no registry: another number may be an account's as well. Source:
# SWIFT, IBAN registry, of which these are no part.
_UNREGISTERED: Final = frozenset(
    "AO BF CF CG CI CM CV DZ GA GQ GW IR KM MA MG ML MZ NE SN TD TG".split()
)
# Used by SWIFT and the European Union, and not in ISO 3166-1: Kosovo.
_BY_AGREEMENT: Final = ("XK",)
_ANY_NUMBER: Final = "4-34c"


def check(*, country: str, number: str, routing: str | None) -> BankDetails:
    """Check the numbers of a bank account.

    Args:
        country: The country of the account, ISO 3166 alpha-2.
        number: The number as typed in, with spaces and hyphens.
        routing: The routing number as typed in.

    Raises:
        InvalidRequest: If the numbers are invalid in that country.
    """
    compact = _compact(number)
    row = _row(country)
    # A British account may be named either way. A number of West Africa's begins as an IBAN does.
    is_local = row is not None and re.fullmatch(number_formats.pattern(row.account), compact)
    is_an_iban = not is_local and _has_ibans(country) and _ANY_IBAN.fullmatch(compact)
    if has_ibans_only(country) or is_an_iban:
        return _check_iban(country, compact, _compact(routing or "") or None)
    if country not in TABLE and not _is_a_country(country):
        raise InvalidRequest(
            f"There is no country {country}. Give its code of ISO 3166-1, two letters such as US.",
            code="country_code_invalid",
            param="external_account[country]",
        )
    # Countries outside of the tables and without IBANs take any well-formed number.
    bank = _compact(routing or "") or None
    if row is not None:
        _check_routing(row, bank, compact)
    shape = row.account if row else _ANY_NUMBER
    if not re.fullmatch(number_formats.pattern(shape), compact):
        raise _account_error(country, f"it must be {number_formats.describe(shape)}.")
    if row is not None and not number_formats.CHECKS[row.check](bank or "", compact, row.code):
        raise _account_error(country, "its check digits do not match the others.")
    return BankDetails(compact, bank, None, is_iban=False)


def _check_routing(row: Row, bank: str | None, number: str) -> None:
    if not row.routing:
        return
    if bank is None:
        raise InvalidRequest(
            f"Missing required param: routing_number. Accounts in {row.code} need their "
            f"{row.routing_is}, such as {row.test_routing}.",
            code="parameter_missing",
            param="external_account[routing_number]",
        )
    is_whole = re.fullmatch(number_formats.pattern(row.routing), bank) is not None
    if row.check in number_formats.OF_BANKS and is_whole:
        is_whole = number_formats.CHECKS[row.check](bank, number, row.code)
    if not is_whole:
        raise InvalidRequest(
            f"Invalid routing number for {row.code}. It must be a valid {row.routing_is}, "
            f"such as {row.test_routing}.",
            code="routing_number_invalid",
            param="external_account[routing_number]",
        )


def _account_error(country: str, why: str) -> InvalidRequest:
    return InvalidRequest(
        f"Invalid account number for {country}: {why}",
        code="account_number_invalid",
        param="external_account[account_number]",
    )


def _check_iban(country: str, number: str, routing: str | None) -> BankDetails:
    # The package reads its list of banks when it is first used.
    from schwifty import BIC, IBAN
    from schwifty.exceptions import SchwiftyException

    try:
        iban = IBAN(number)
    except SchwiftyException as error:
        raise InvalidRequest(
            f"Invalid IBAN: {str(error)[:200]}",
            code="account_number_invalid",
            param="external_account[account_number]",
        ) from None
    if iban.country_code not in (country, _IBANS_OF.get(country)):
        raise InvalidRequest(
            f"This IBAN is of an account in {iban.country_code}, and the country given is "
            f"{country}.",
            code="account_number_invalid",
            param="external_account[country]",
        )
    try:
        bic = BIC(routing) if routing else iban.bic
    except SchwiftyException as error:
        raise InvalidRequest(
            f"Invalid BIC: {str(error)[:200]}",
            code="routing_number_invalid",
            param="external_account[routing_number]",
        ) from None
    home = iban.country_code
    if bic and bic.country_code not in (country, home, *_ELSEWHERE.get(home, ())):
        raise InvalidRequest(
            f"This BIC is of a bank in {bic.country_code}, and the IBAN is of an account in "
            f"{home}. Leave it out: the IBAN says which bank it is.",
            code="routing_number_invalid",
            param="external_account[routing_number]",
        )
    return BankDetails(number, str(bic) if bic else None, iban.bank_name or None, is_iban=True)


def _is_a_country(code: str) -> bool:
    import pycountry

    return code in _BY_AGREEMENT or pycountry.countries.get(alpha_2=code) is not None


def _has_ibans(country: str) -> bool:
    from schwifty import registry
    from schwifty.exceptions import InvalidCountryCode

    try:
        registry.get_iban_spec(country)
    except InvalidCountryCode:
        return False
    return True


def _row(country: str) -> Row | None:
    """Return a country's row, unless its accounts have IBANs only."""
    row = TABLE.get(_IBANS_OF.get(country, country))
    return None if row is None or row.account == BY_IBAN else row


def _compact(typed: str) -> str:
    return re.sub(r"[\s\-]", "", typed).upper()


def has_ibans_only(country: str) -> bool:
    """Return whether accounts of a country have IBANs only."""
    is_either = _row(country) is not None or country in _UNREGISTERED
    return not is_either and _has_ibans(country)


def routing_example(country: str) -> str:
    """Return an example of a routing number; empty if there is none."""
    row = _row(country)
    return row.test_routing if row else ""
