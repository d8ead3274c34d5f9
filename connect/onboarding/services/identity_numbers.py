"""Identity numbers of people and companies, encrypted and read for verification only."""

import json
from typing import Final

from connect.models import AccountRequirements, Person
from core.security import encryption
from core.types import JsonObject

PURPOSE: Final = "numbers of people and companies"
# What is told to us and to nobody again.
OF_PEOPLE: Final = ("id_number", "id_number_secondary", "ssn_last_4")
OF_COMPANIES: Final = ("tax_id", "vat_id", "registration_number")


def seal(row: Person | AccountRequirements, numbers: JsonObject, *, row_id: str) -> None:
    """Encrypt numbers beside those that a row keeps; None removes one.

    Args:
        row: Their owner, which is not saved.
        numbers: Name → number.
        row_id: The id that they are bound to: the person's, or the company's account's.
    """
    known = {n: value for n, value in (unseal(row, row_id=row_id) | numbers).items() if value}
    row.sealed_numbers = encryption.encrypt(json.dumps(known), purpose=PURPOSE, row=row_id)
    row.numbers_given = sorted(known)


def unseal(row: Person | AccountRequirements, *, row_id: str) -> dict[str, str]:
    """Decrypt the numbers of a row, for verification only."""
    if not row.sealed_numbers:
        return {}
    text = encryption.decrypt(row.sealed_numbers, purpose=PURPOSE, row=row_id)
    found: dict[str, str] = json.loads(text)
    return found
