"""Pure: the required fields, from country, business type and capabilities."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from connect.onboarding.countries import rules
from connect.onboarding.countries.rules import (
    CAPABILITIES,
    LESS_FOR_TRANSFERS,
    OF_EVERYONE,
    Country,
)

EXTERNAL_ACCOUNT: Final = "external_account"


@dataclass(frozen=True, slots=True)
class RequiredFields:
    """The required fields of an account, as the wire spells them, in alphabetical order.

    Args:
        now: Fields required before activation.
        later: Fields required some time after activation.
        alternatives: Field of `now` → its alternatives.
    """

    now: tuple[str, ...]
    later: tuple[str, ...]
    alternatives: dict[str, list[str]]


def look_up(
    *, country: str, business_type: str | None, capabilities: Iterable[str]
) -> RequiredFields:
    """Return the required fields of an account about which nothing else is known.

    Args:
        country: ISO 3166, upper case.
        business_type: One of `rules.BUSINESS_TYPES`; None if unknown.
        capabilities: The requested capabilities.

    Raises:
        KeyError: If accounts cannot be opened in the country, or a capability is unknown.
    """
    there = rules.country(country)
    if there is None:
        raise KeyError(country)
    wanted = sorted(set(capabilities))
    extra = [group for name in wanted for group in CAPABILITIES[name]]
    now = {group[0] for group in extra} | {EXTERNAL_ACCOUNT, *OF_EVERYONE}
    later: set[str] = set()
    takes_payments = bool(extra)
    if takes_payments and there.statement:
        now.add("settings.payments.statement_descriptor")
    if business_type is None:
        now.add("business_type")
    elif business_type == "individual":
        now |= _person_fields("individual", there.person, takes_payments=takes_payments)
        later |= {f"individual.{name}" for name in there.person_later}
    else:
        now |= _business_fields(there, business_type, takes_payments=takes_payments)
        later |= {f"representative.{name}" for name in there.person_later}
    alternatives = {first: rest for first, *rest in extra if rest}
    return RequiredFields(tuple(sorted(now)), tuple(sorted(later)), alternatives)


def _person_fields(who: str, names: Iterable[str], *, takes_payments: bool) -> set[str]:
    left = names if takes_payments else [n for n in names if n not in LESS_FOR_TRANSFERS]
    return {f"{who}.{name}" for name in left}


def _business_fields(there: Country, business_type: str, *, takes_payments: bool) -> set[str]:
    names = {*there.company, "representative.relationship.title"}
    names |= _person_fields("representative", there.person, takes_payments=takes_payments)
    # Nobody owns a charity or a state.
    roles = [r for r in there.roles if r != "owners" or business_type == "company"]
    for role in roles:
        names.add(f"company.{role}_provided")
        names |= {f"{role}.{name}" for name in there.member}
    return names


def missing_bank_error(currency: str) -> dict[str, str]:
    """Return the error of money that no external account takes."""
    code = currency.upper()
    return {
        "code": "invalid_value_other",
        "reason": f"The account has {code}, and none of its external accounts takes it. Add one "
        f"that takes {code}, or reverse the transfers and, once the operator has set a rate, make "
        "them again: they arrive in the account's own currency then.",
        "requirement": EXTERNAL_ACCOUNT,
    }
