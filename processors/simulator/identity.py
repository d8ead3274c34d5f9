"""What the simulated registry office says of people and companies, by what they give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

# How long it takes to say so.
ANSWERS_AFTER: Final = timedelta(seconds=1)
AT_ONCE: Final = timedelta(0)

GOOD_DOCUMENT: Final = "file_identity_document_success"
BAD_DOCUMENT: Final = "file_identity_document_failure"
TEST_DOCUMENTS: Final = (GOOD_DOCUMENT, BAD_DOCUMENT)

_GOOD_NUMBERS: Final = {"id_number": "000000000", "ssn_last_4": "0000", "phone": "0000000000"}
_BAD_NUMBERS: Final = {"id_number": "111111111", "ssn_last_4": "1111"}
_AT_ONCE_NUMBER: Final = "222222222"
_LISTED_YEAR, _GOOD_YEAR, _AT_ONCE_YEAR = 1900, 1901, 1902


@dataclass(frozen=True, slots=True)
class Answer:
    """What it finds.

    Args:
        after: How long it takes.
        failed: Field → pair of a code and a reason; empty if all is well.
        is_listed: True if the name is on a list of people with whom nobody may trade.
    """

    after: timedelta
    failed: Mapping[str, tuple[str, str]]
    is_listed: bool = False


_OK: Final[dict[str, tuple[str, str]]] = {}


def of_person(said: Mapping[str, Any]) -> Answer:
    """Look a person up.

    Args:
        said: Its fields as the wire spells them, with its numbers.
    """
    born = said.get("dob") or {}
    year = born.get("year") if (born.get("month"), born.get("day")) == (1, 1) else None
    if year == _LISTED_YEAR:
        return Answer(AT_ONCE, _OK, is_listed=True)
    document = ((said.get("verification") or {}).get("document") or {}).get("front")
    if document:
        return _of_document(document)
    for name, number in _BAD_NUMBERS.items():
        if said.get(name) == number:
            code, what = "verification_failed_id_number_match", "ID number"
            return Answer(AT_ONCE, {name: (code, f"The {what} did not match the person's name.")})
    if year == _AT_ONCE_YEAR or said.get("id_number") == _AT_ONCE_NUMBER:
        return Answer(AT_ONCE, _OK)
    line1 = (said.get("address") or {}).get("line1")
    is_known = year == _GOOD_YEAR or line1 == "address_full_match"
    if is_known or any(said.get(name) == number for name, number in _GOOD_NUMBERS.items()):
        return Answer(ANSWERS_AFTER, _OK)
    code = "verification_failed_keyed_identity"
    reason = "What was typed in could not be verified. Upload a document that shows who this is."
    return Answer(ANSWERS_AFTER, {"verification.document": (code, reason)})


def of_company(said: Mapping[str, Any]) -> Answer:
    """Look a company up. All but one number are known."""
    if said.get("tax_id") == _BAD_NUMBERS["id_number"]:
        reason = "The tax ID did not match the company's name."
        return Answer(AT_ONCE, {"tax_id": ("verification_failed_tax_id_match", reason)})
    return Answer(AT_ONCE, _OK)


def _of_document(name: str) -> Answer:
    if name == BAD_DOCUMENT:
        code = "verification_document_failed_test_mode"
        return Answer(
            ANSWERS_AFTER,
            {"verification.document": (code, "The document is one that fails in test mode.")},
        )
    return Answer(AT_ONCE if name == GOOD_DOCUMENT else ANSWERS_AFTER, _OK)
