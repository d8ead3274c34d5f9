"""The numbers of external accounts: kept encrypted, and read only to send money there."""

from typing import Final

from connect.models import ExternalAccount
from core.security import encryption
from processors.protocols.payouts import Payee

PURPOSE: Final = "external account numbers"


def seal(number: str, *, row: str) -> bytes:
    """Encrypt a number for the row with this id."""
    return encryption.encrypt(number, purpose=PURPOSE, row=row)


def payee(row: ExternalAccount) -> Payee:
    """Return the payee of an external account, with the number itself: never for people."""
    number = encryption.decrypt(row.sealed_number, purpose=PURPOSE, row=row.id)
    return Payee(row.is_card, row.country, number, row.routing_number, row.holder_name)
