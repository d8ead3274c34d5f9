"""Pure: the facts about an account, and which required fields are missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from connect.onboarding.countries import rules
from connect.onboarding.required_fields import RequiredFields, look_up
from connect.states import CheckStatus
from core.types import Fields

_ROLES: Final = {
    "representative": "representative", "owners": "owner", "directors": "director",
    "executives": "executive",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """A failed verification of a field.

    Args:
        field: The field, without the party's name.
        code: The error code of the wire.
        reason: The reason for people.
    """

    field: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Party:
    """A person, or the company, whose identity is verified.

    Args:
        name: The prefix of its fields: `individual`, `company` or `person_...`.
        given: Its given fields, without the prefix.
        roles: The roles of a person in a company, such as `owner`.
        status: The status of its check.
        failed: Its failed fields.
        checked_field: The field under verification.
    """

    name: str
    given: frozenset[str]
    roles: frozenset[str] = frozenset()
    status: str = CheckStatus.UNVERIFIED
    failed: tuple[CheckFailure, ...] = ()
    checked_field: str = ""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The facts about an account.

    Args:
        country: ISO 3166, upper case.
        business_type: The business type; None if unknown.
        given: The given fields of the account.
        parties: Its people, and its company.
        stranded: Currencies of its balance that no external account takes.
    """

    country: str
    business_type: str | None
    given: frozenset[str]
    parties: tuple[Party, ...] = ()
    stranded: tuple[str, ...] = ()


def flatten(details: Fields, prefix: str = "") -> frozenset[str]:
    """Return the paths of given fields, such as `address.line1`; False counts as missing."""
    found: set[str] = set()
    for name, value in details.items():
        if isinstance(value, Mapping):
            found |= flatten(value, f"{prefix}{name}.")
        elif value not in (None, "", False, []):
            found.add(prefix + name)
    return frozenset(found)


def missing_fields(fields: Iterable[str], facts: AccountFacts) -> set[str]:
    """Return which fields are missing; those of known people by their ids."""
    missing: set[str] = set()
    for name in fields:
        head, _, rest = name.partition(".")
        if head == "individual":
            missing |= _missing_of(facts, {"individual"}, name, rest)
        elif head in _ROLES:
            missing |= _missing_of_role(facts, head, name, rest)
        elif not is_given(facts.given, name):
            missing.add(name)
    return missing


def _missing_of_role(facts: AccountFacts, head: str, name: str, rest: str) -> set[str]:
    if head != "representative" and f"company.{head}_provided" in facts.given:
        names = {p.name for p in facts.parties if _ROLES[head] in p.roles}
        return _missing_of(facts, names, name, rest) if names else set()
    return _missing_of(
        facts, {p.name for p in facts.parties if _ROLES[head] in p.roles}, name, rest
    )


def _missing_of(facts: AccountFacts, names: set[str], symbol: str, rest: str) -> set[str]:
    found = [party for party in facts.parties if party.name in names]
    if not found:
        return {symbol}
    return {f"{party.name}.{rest}" for party in found if not is_given(party.given, rest)}


def is_given(given: frozenset[str], name: str) -> bool:
    """Return whether a field, or an equivalent of it, was given."""
    if name in given:
        return True
    if name == "ssn_last_4":
        return "id_number" in given
    if name.endswith("verification.document"):
        return f"{name}.front" in given
    return any(one.startswith(name + ".") for one in given)


def required_fields_of(facts: AccountFacts, capabilities: Iterable[str]) -> RequiredFields:
    """Return the required fields of an account; none in an unknown country."""
    if rules.country(facts.country) is None:
        return RequiredFields((), (), {})
    return look_up(
        country=facts.country, business_type=facts.business_type, capabilities=capabilities
    )


def is_complete(party: Party, facts: AccountFacts, capabilities: Iterable[str]) -> bool:
    """Return whether a party's identity check has all it needs."""
    missing = missing_fields(required_fields_of(facts, capabilities).now, facts)
    if party.name == "company":
        return "tax_id" in party.given and not any(m.startswith("company.") for m in missing)
    if party.name != "individual" and not party.roles & set(_ROLES.values()):
        return False  # nobody asks about this person
    return not any(name.startswith(f"{party.name}.") for name in missing)
