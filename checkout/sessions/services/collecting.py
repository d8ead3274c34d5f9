"""What a payer says on the page: checked against what the merchant asks for, and kept."""

from enum import StrEnum
from typing import Final

from checkout.models import CheckoutSession
from checkout.resources.sessions import asks_phone
from core.errors import InvalidRequest
from core.security.email_addresses import is_one_address
from core.types import Fields, JsonObject

# What an address that something is sent to has at least; the rest depends on the country.
_OF_SHIPPING: Final = ("country", "line1")
_LONGEST: Final = 255
# What a customer can be called, and how called up.
_LONGEST_NAME: Final = 256
_LONGEST_PHONE: Final = 20


class Problem(StrEnum):
    """Why an answer is not taken. Pages have words for each."""

    MISSING = "missing"
    EMAIL = "email"
    SHORT = "short"
    LONG = "long"
    DIGITS = "digits"
    CHOICE = "choice"


def problems(session: CheckoutSession, given: Fields) -> dict[str, Problem]:
    """Return what is missing or wrong of what a payer said: field → problem.

    Args:
        session: The session.
        given: `customer_details`, `shipping_details`, `custom_fields` by key, `consent`,
            `business_name`, `individual_name`.
    """
    found: dict[str, Problem] = {}
    details = given.get("customer_details") or {}
    if wants_email(session):
        email = details.get("email") or ""
        _note(found, "email", _missing(email) or (None if is_one_address(email) else Problem.EMAIL))
    if asks_phone(session):
        phone = details.get("phone")
        _note(found, "phone", _missing(phone) or _too_long(phone, _LONGEST_PHONE))
    _note(found, "billing_name", _too_long(details.get("name"), _LONGEST_NAME))
    if session.settings.get("billing_address_collection") == "required":
        _check_address(found, "billing", details.get("address") or {})
        _note(found, "billing_name", _missing(details.get("name")))
    _check_shipping(found, session, given.get("shipping_details") or {})
    for field in session.settings.get("custom_fields") or []:
        value = (given.get("custom_fields") or {}).get(field["key"]) or ""
        _note(found, f"custom_{field['key']}", _problem_of(field, value))
    consent = session.settings.get("consent_collection") or {}
    if consent.get("terms_of_service") == "required":
        accepted = (given.get("consent") or {}).get("terms_of_service") == "accepted"
        _note(found, "terms_of_service", None if accepted else Problem.MISSING)
    for kind, wanted in (session.settings.get("name_collection") or {}).items():
        if wanted and wanted["enabled"] and not wanted.get("optional"):
            _note(found, f"{kind}_name", _missing(given.get(f"{kind}_name")))
    return found


def check(session: CheckoutSession, given: Fields) -> None:
    """Refuse what a payer said if something is missing or wrong.

    Raises:
        InvalidRequest: It names the first field.
    """
    for field, problem in problems(session, given).items():
        raise InvalidRequest(
            f"The payer's {field.replace('_', ' ')} is {_WORDS[problem]}.", param=field
        )


def keep(session: CheckoutSession, given: Fields) -> list[str]:
    """Set what a payer said on a locked session; return the columns to write."""
    kept = {name: value for name, value in given.items() if value}
    session.collected = session.collected | kept
    email = (given.get("customer_details") or {}).get("email")
    session.email = email or session.email or session.settings.get("customer_email")
    return ["collected", "email"]


def wants_email(session: CheckoutSession) -> bool:
    """Tell whether the payer is asked for an e-mail address: the merchant may know it."""
    return session.customer_id is None and not session.settings.get("customer_email")


def _check_shipping(found: dict[str, Problem], session: CheckoutSession, details: Fields) -> None:
    wanted = session.settings.get("shipping_address_collection")
    if not wanted:
        return
    address = details.get("address") or {}
    _note(found, "shipping_name", _missing(details.get("name")))
    _check_address(found, "shipping", address)
    if address.get("country") and address["country"] not in wanted["allowed_countries"]:
        found["shipping_country"] = Problem.CHOICE


def _check_address(found: dict[str, Problem], kind: str, address: Fields) -> None:
    for part in _OF_SHIPPING:
        _note(found, f"{kind}_{part}", _missing(address.get(part)))


def _problem_of(field: Fields, value: str) -> Problem | None:
    if not value:
        return None if field.get("optional") else Problem.MISSING
    own = field.get(field["type"]) or {}
    if field["type"] == "dropdown":
        known = value in {option["value"] for option in own["options"]}
        return None if known else Problem.CHOICE
    if field["type"] == "numeric" and not (value.isascii() and value.isdecimal()):
        return Problem.DIGITS
    if len(value) < (own.get("minimum_length") or 0):
        return Problem.SHORT
    return Problem.LONG if len(value) > (own.get("maximum_length") or _LONGEST) else None


def _too_long(value: object, most: int) -> Problem | None:
    return Problem.LONG if len(str(value or "")) > most else None


def _missing(value: object) -> Problem | None:
    return None if value else Problem.MISSING


def _note(found: dict[str, Problem], field: str, problem: Problem | None) -> None:
    if problem is not None:
        found[field] = problem


_WORDS: Final[JsonObject] = {
    Problem.MISSING: "missing",
    Problem.EMAIL: "no address that mail could be sent to",
    Problem.SHORT: "too short",
    Problem.LONG: "too long",
    Problem.DIGITS: "not of digits only",
    Problem.CHOICE: "none of the choices",
}
