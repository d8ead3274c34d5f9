"""What the simulated registry office says of people and companies, by what they give."""

from datetime import timedelta
from typing import Final

from core.types import Fields
from processors.protocols.identity import IdentityReport

# How long it takes to say so.
ANSWERS_AFTER: Final = timedelta(seconds=1)
AT_ONCE: Final = timedelta(0)

GOOD_DOCUMENT: Final = "file_identity_document_success"
BAD_DOCUMENT: Final = "file_identity_document_failure"
_TEST_DOCUMENTS: Final = (GOOD_DOCUMENT, BAD_DOCUMENT)

_GOOD_NUMBERS: Final = {"id_number": "000000000", "ssn_last_4": "0000", "phone": "0000000000"}
_BAD_NUMBERS: Final = {"id_number": "111111111", "ssn_last_4": "1111"}
_AT_ONCE_NUMBER: Final = "222222222"
_LISTED_YEAR, _GOOD_YEAR, _AT_ONCE_YEAR = 1900, 1901, 1902


_OK: Final[dict[str, tuple[str, str]]] = {}


class SimulatedRegistryOffice:
    """Decides by what is given: each of the published test values has its answer."""

    def check_person(self, details: Fields) -> IdentityReport:
        """Look a person up."""
        return _of_person(details)

    def check_company(self, details: Fields) -> IdentityReport:
        """Look a company up. All but one number are known."""
        return _of_company(details)

    def has_document(self, name: str) -> bool:
        """Return whether this is the name of a test document."""
        return name in _TEST_DOCUMENTS


def _of_person(details: Fields) -> IdentityReport:
    born = details.get("dob") or {}
    year = born.get("year") if (born.get("month"), born.get("day")) == (1, 1) else None
    if year == _LISTED_YEAR:
        return IdentityReport(AT_ONCE, _OK, is_listed=True)
    document = ((details.get("verification") or {}).get("document") or {}).get("front")
    if document:
        return _of_document(document)
    for name, number in _BAD_NUMBERS.items():
        if details.get(name) == number:
            code, what = "verification_failed_id_number_match", "ID number"
            return IdentityReport(
                AT_ONCE, {name: (code, f"The {what} did not match the person's name.")}
            )
    if year == _AT_ONCE_YEAR or details.get("id_number") == _AT_ONCE_NUMBER:
        return IdentityReport(AT_ONCE, _OK)
    line1 = (details.get("address") or {}).get("line1")
    is_known = year == _GOOD_YEAR or line1 == "address_full_match"
    if is_known or any(details.get(name) == number for name, number in _GOOD_NUMBERS.items()):
        return IdentityReport(ANSWERS_AFTER, _OK)
    code = "verification_failed_keyed_identity"
    reason = "What was typed in could not be verified. Upload a document that shows who this is."
    return IdentityReport(ANSWERS_AFTER, {"verification.document": (code, reason)})


def _of_company(details: Fields) -> IdentityReport:
    if details.get("tax_id") == _BAD_NUMBERS["id_number"]:
        reason = "The tax ID did not match the company's name."
        return IdentityReport(AT_ONCE, {"tax_id": ("verification_failed_tax_id_match", reason)})
    return IdentityReport(AT_ONCE, _OK)


def _of_document(name: str) -> IdentityReport:
    if name == BAD_DOCUMENT:
        code = "verification_document_failed_test_mode"
        return IdentityReport(
            ANSWERS_AFTER,
            {"verification.document": (code, "The document is one that fails in test mode.")},
        )
    return IdentityReport(AT_ONCE if name == GOOD_DOCUMENT else ANSWERS_AFTER, _OK)
