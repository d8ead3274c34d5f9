"""How the numbers of bank accounts are written in each country, as data, and checked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.errors import InvalidRequest

_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{4,30}")
# Source: the central banks' weights for the check digit of a US routing number.
_WEIGHTS: Final = (3, 7, 1, 3, 7, 1, 3, 7, 1)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a country's banks call an account by, where that is not an IBAN.

    Args:
        routing: What the number of the bank and branch looks like, without separators; None if
            there is none.
        routing_is: Its name there, for people.
        example: Of such a number, as people write it.
        account: What the account's number looks like.
        checks: Whether the routing number's own check digit is right.
    """

    routing: str | None
    routing_is: str
    example: str
    account: str
    checks: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Checked:
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


def _is_routing_number(digits: str) -> bool:
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True))
    return total > 0 and total % 10 == 0


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
# Countries outside this table and without IBANs take any well-formed number. Source: the formats
# that the countries' clearing houses publish.
NUMBERS: Final = {
    "US": Numbers(r"[0-9]{9}", "routing number", "110000000", r"[0-9]{4,17}", _is_routing_number),
    "CA": Numbers(r"[0-9]{8}", "transit and institution number", "11000-000", r"[0-9]{7,12}"),
    "GB": Numbers(r"[0-9]{6}", "sort code", "10-88-00", r"[0-9]{8}"),
    "AU": Numbers(r"[0-9]{6}", "BSB", "110-000", r"[0-9]{4,9}"),
    "NZ": Numbers(r"[0-9]{6}", "bank and branch", "110000", r"[0-9]{9,10}"),
    "JP": Numbers(r"[0-9]{7}", "bank and branch code", "1100000", r"[0-9]{6,8}"),
    "TH": Numbers(r"[0-9]{7}", "bank and branch code", "1100000", r"[0-9]{6,15}"),
    "SG": Numbers(r"[0-9]{7}", "bank and branch code", "1100-000", r"[0-9]{6,12}"),
    "HK": Numbers(r"[0-9]{6}", "clearing code and branch", "110-000", r"[0-9]{6,9}"),
    "IN": Numbers(r"[A-Z]{4}0[A-Z0-9]{6}", "IFSC", "HDFC0004051", r"[0-9]{9,18}"),
    "BR": Numbers(r"[0-9]{7}", "bank and branch code", "110-0000", r"[0-9]{3,13}"),
    "MX": Numbers(None, "", "", r"[0-9]{18}"),
}
_OTHERS: Final = Numbers(None, "", "", r"[0-9A-Z]{4,34}")


def check(*, country: str, number: str, routing: str | None) -> Checked:
    """Check the numbers of a bank account.

    Args:
        country: Where the account is, ISO 3166 alpha-2.
        number: As somebody typed it in: spaces and hyphens are passed over.
        routing: The same for the number of bank and branch.

    Raises:
        InvalidRequest: If they cannot be the numbers of an account in that country.
    """
    compact = _compact(number)
    # A British account may be named either way.
    if has_ibans_only(country) or (_has_ibans(country) and _IBAN.fullmatch(compact)):
        return _iban(country, compact, _compact(routing or "") or None)
    if country not in NUMBERS and not _is_a_country(country):
        raise InvalidRequest(
            f"There is no country {country}. Give its code of ISO 3166-1, two letters such as US.",
            code="country_code_invalid",
            param="external_account[country]",
        )
    rules = _numbers(country)
    bank = _compact(routing or "") or None
    if rules.routing is not None:
        if bank is None:
            raise InvalidRequest(
                f"Missing required param: routing_number. Accounts in {country} need their "
                f"{rules.routing_is}, such as {rules.example}.",
                code="parameter_missing",
                param="external_account[routing_number]",
            )
        if not re.fullmatch(rules.routing, bank) or not rules.checks(bank):
            raise InvalidRequest(
                f"Invalid routing number for {country}. It must be a valid {rules.routing_is}, "
                f"such as {rules.example}.",
                code="routing_number_invalid",
                param="external_account[routing_number]",
            )
    if not re.fullmatch(rules.account, compact):
        raise InvalidRequest(
            f"Invalid account number for {country}: it must match {rules.account}.",
            code="account_number_invalid",
            param="external_account[account_number]",
        )
    return Checked(compact, bank, None, is_iban=False)


def _iban(country: str, number: str, routing: str | None) -> Checked:
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
    return Checked(number, str(bic) if bic else None, iban.bank_name or None, is_iban=True)


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


def _numbers(country: str) -> Numbers:
    return NUMBERS.get(_IBANS_OF.get(country, country), _OTHERS)


def _compact(typed: str) -> str:
    return re.sub(r"[\s\-]", "", typed).upper()


def has_ibans_only(country: str) -> bool:
    """Say whether accounts of a country are named by one number."""
    is_either = _numbers(country) is not _OTHERS or country in _UNREGISTERED
    return not is_either and _has_ibans(country)


def example_of_routing(country: str) -> str:
    """Return a number of a bank and branch as people write it there; empty if there is none."""
    return "" if has_ibans_only(country) else _numbers(country).example
