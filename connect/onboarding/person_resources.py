"""Wire objects of people: plain functions from row to dict."""

from typing import Final

from connect.models import AccountRequirements, Person
from core.types import JsonObject

ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")
# The addresses of a company, each stored and shown.
OF_COMPANIES: Final = (
    "address", "administrative_address", "physical_address", "principal_place_of_business",
)  # fmt: skip
# Shown when they were given: not every country has them.
_SOMETIMES: Final = (
    "additional_tos_acceptances", "address_kana", "address_kanji", "first_name_kana",
    "first_name_kanji", "full_name_aliases",
    "gender", "last_name_kana", "last_name_kanji", "maiden_name", "nationality",
    "political_exposure", "registered_address",
)  # fmt: skip
_ROLES: Final = ("authorizer", "director", "executive", "legal_guardian", "owner", "representative")


def person(row: Person, account_requirements: AccountRequirements | None) -> JsonObject:
    """Render a person, with its requirements and without its numbers.

    Args:
        row: The person.
        account_requirements: The account's requirements, which include its people's.
    """
    details = row.details
    shown = {name: details[name] for name in _SOMETIMES if details.get(name)}
    for name in ("address_kana", "address_kanji"):
        if name in shown:
            shown[name] = {**dict.fromkeys((*ADDRESS, "town")), **shown[name]}
    if accepted := shown.get("additional_tos_acceptances"):
        nothing = dict.fromkeys(("date", "ip", "user_agent"))
        shown["additional_tos_acceptances"] = {"account": nothing | accepted.get("account", {})}
    if "registered_address" in shown:
        shown["registered_address"] = {**dict.fromkeys(ADDRESS), **shown["registered_address"]}
    relationship: JsonObject = {
        **dict.fromkeys(_ROLES, False),
        "percent_ownership": None,
        "title": None,
    }
    if row.is_individual:
        relationship["representative"] = True
    return {
        "id": row.id,
        "object": "person",
        "account": row.account_id,
        "address": {**dict.fromkeys(ADDRESS), **(details.get("address") or {})},
        "created": int(row.created_at.timestamp()),
        "dob": {**dict.fromkeys(("day", "month", "year")), **(details.get("dob") or {})},
        "email": details.get("email"),
        "first_name": details.get("first_name"),
        "future_requirements": _due(row, None),
        "id_number_provided": "id_number" in row.numbers_given,
        "last_name": details.get("last_name"),
        "metadata": row.metadata,
        "phone": details.get("phone"),
        "relationship": {**relationship, **row.relationship},
        "requirements": _due(row, account_requirements),
        "ssn_last_4_provided": bool({"id_number", "ssn_last_4"} & set(row.numbers_given)),
        "verification": _verification(row),
        **shown,
    }


def _verification(row: Person) -> JsonObject:
    papers = row.details.get("verification") or {}
    nothing = dict.fromkeys(("back", "details", "details_code", "front"))
    document = {**nothing, **(papers.get("document") or {})}
    failed = row.failed[0] if row.failed else {}
    if failed.get("field") == "verification.document":
        document["details"] = failed["reason"]
        document["details_code"] = failed["code"].removeprefix("verification_")
    # On a person the wire has words of its own for what did not pass.
    code = "failed_keyed_identity" if failed.get("code", "").endswith("identity") else None
    return {
        "additional_document": {**nothing, **(papers.get("additional_document") or {})},
        "details": failed.get("reason"),
        "details_code": code or ("failed_other" if failed else None),
        "document": document,
        "status": row.status,
    }


def _due(row: Person, account_requirements: AccountRequirements | None) -> JsonObject:
    found = account_requirements.requirements if account_requirements else {}
    prefix = "individual." if row.is_individual else f"{row.id}."

    def mine(name: str) -> list[str]:
        return [n.removeprefix(prefix) for n in found.get(name, ()) if n.startswith(prefix)]

    return {
        "alternatives": [],
        "currently_due": mine("currently_due"),
        "errors": [
            {**one, "requirement": one["requirement"].removeprefix(prefix)}
            for one in found.get("errors", ())
            if one["requirement"].startswith(prefix)
        ],
        "eventually_due": mine("eventually_due"),
        "past_due": mine("past_due"),
        "pending_verification": mine("pending_verification"),
    }
