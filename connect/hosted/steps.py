"""The steps of onboarding, from the required fields of the account."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from connect.onboarding import account_facts
from connect.onboarding.account_facts import AccountFacts
from core.types import JsonObject

TITLES: Final[JsonObject] = {
    "business": _("Your business"),
    "you": _("About you"),
    "company": _("Your company"),
    "representative": _("Who represents it"),
    "people": _("Owners and directors"),
    "profile": _("What you sell"),
    "document": _("Proof of identity"),
    "bank": _("Your bank account"),
    "review": _("Check and finish"),
}
# Why something that was given does not do, for the seller.
WORDS: Final[JsonObject] = {
    "verification_failed_keyed_identity": _(
        "What was typed in could not be verified. Upload a document that shows who you are."
    ),
    "verification_failed_id_number_match": _("The number did not match the name."),
    "verification_failed_tax_id_match": _("The tax number did not match the company's name."),
    "verification_document_failed_test_mode": _("This document is one that fails in test mode."),
    "verification_document_not_readable": _("The document cannot be read. Upload it again."),
    "verification_document_expired": _("The document has expired. Upload another one."),
    "verification_document_name_mismatch": _("The name on the document is another one."),
}
_PROFILE: Final = ("business_profile.", "settings.payments.")
_PAPER: Final = "verification.document"
LISTS: Final = ("owners", "directors", "executives")
# What the declaration that such a list is complete ends with.
PROVIDED: Final = "_provided"


def steps(
    facts: AccountFacts, capabilities: Iterable[str], *, asks_everything: bool
) -> dict[str, set[str]]:
    """Return the steps, each with its fields.

    Args:
        facts: The facts about the account.
        capabilities: The requested capabilities.
        asks_everything: True to include the fields that are required later.
    """
    required = account_facts.required_fields_of(facts, capabilities)
    names = set(required.now) | (set(required.later) if asks_everything else set())
    found: dict[str, set[str]] = {"business": {"business_type"}}
    if facts.business_type == "individual":
        found["you"] = _fields_of(names, "individual")
    elif facts.business_type:
        found["company"] = {n for n in _fields_of(names, "company") if not n.endswith(PROVIDED)}
        of_members = {field for role in LISTS for field in _fields_of(names, role)}
        # Whoever represents a company may own or lead it as well.
        found["representative"] = _fields_of(names, "representative") | of_members
        if lists := {n for n in _fields_of(names, "company") if n.endswith(PROVIDED)}:
            found["people"] = lists | of_members
    profile = {n.rpartition(".")[2] for n in names if n.startswith(_PROFILE)}
    if profile:
        found["profile"] = profile | ({"product_description"} if "url" in profile else set())
    if needs_paper(facts, names):
        found["document"] = {_PAPER}
    return {**found, "bank": {"external_account"}, "review": set()}


def needs_paper(facts: AccountFacts, names: Iterable[str]) -> bool:
    """Return whether a document is required, or was given."""
    return (
        any(name.endswith(_PAPER) for name in names)
        or any(one.field == _PAPER for party in facts.parties for one in party.failed)
        or any(f"{_PAPER}.front" in party.given for party in facts.parties)
    )


def step_of(name: str, representative: str) -> str:
    """Return the step of a required field.

    Args:
        name: The field, as the wire spells it.
        representative: The id of the representative, or an empty string.
    """
    head, _, rest = name.partition(".")
    if rest.startswith(_PAPER):
        return "document"
    if head == "individual":
        return "you"
    if head == "company":
        return "people" if rest.endswith(PROVIDED) else "company"
    if head in ("representative", representative):
        return "representative"
    if head.startswith("person_") or head in LISTS:
        return "people"
    by_name = {"business_type": "business", "external_account": "bank", "tos_acceptance": "review"}
    return by_name.get(head, "profile")


def _fields_of(names: Iterable[str], party: str) -> set[str]:
    return {
        name.removeprefix(f"{party}.")
        for name in names
        if name.startswith(f"{party}.") and not name.endswith(_PAPER)
    }
