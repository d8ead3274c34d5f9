"""Credit transfers for a bank to carry out: pain.001.001.09, euro, SEPA."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

import schwifty
import sepaxml
from sepaxml import SepaTransfer

from core.types import JsonObject
from processors.sepa.formats.text import REFERENCE_LENGTH, is_reference, latin

if TYPE_CHECKING:
    from xmlschema import XMLSchema

SCHEMA: Final = "pain.001.001.09"
NAME_LENGTH: Final = 70
TEXT_LENGTH: Final = 140
# Source: EPC115-06, the most that one SEPA credit transfer may carry, in cents.
MOST: Final = 999_999_999_99
_BIC: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


class Unwritable(ValueError):
    """Something cannot stand in a file of payments.

    Args:
        message: What is wrong, for an operator.
        end_to_end_id: Of the payment that it is wrong with; None if it is the whole file.
    """

    def __init__(self, message: str, end_to_end_id: str | None = None) -> None:
        where = "" if end_to_end_id is None else f"Payment {end_to_end_id}: "
        super().__init__(f"{where}{message}")
        self.end_to_end_id = end_to_end_id


class NothingToPay(Unwritable):
    """A file without payments."""


class NotEuro(Unwritable):
    """SEPA carries euro only."""


class BadAmount(Unwritable):
    """Not between one cent and the most that SEPA carries."""


class PaidTwice(Unwritable):
    """Two payments of one file have the same end-to-end id."""


class BadAccount(Unwritable):
    """An IBAN or BIC that cannot be one, or an account that SEPA does not reach."""


class BadReference(Unwritable):
    """A file's or a payment's id is too long, or has characters that not every bank keeps."""


class BadText(Unwritable):
    """A name or text of which nothing is left in the characters that banks take."""


class TextTooLong(Unwritable):
    """A name or text that is longer than its field once it is written in banks' characters."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody's name and bank account.

    Args:
        name: The name, at most 70 characters as `text.latin` writes it.
        iban: The IBAN, without spaces.
        bic: The BIC of the account's bank; None to leave it to the bank, which SEPA allows.
    """

    name: str
    iban: str
    bic: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One credit transfer.

    Args:
        end_to_end_id: What the payee's bank and every later report call it: `text.reference` of
            one of our ids. At most 35 characters.
        amount: Minor units.
        creditor: Who is paid.
        text: What the payee's statement shows, at most 140 characters as `text.latin` writes it;
            the end-to-end id if it is empty.
        currency: Lower-case ISO code; anything but euro is refused.
    """

    end_to_end_id: str
    amount: int
    creditor: Party
    text: str = ""
    currency: str = "eur"


def check(payment: Payment) -> None:
    """Return whether a payment can stand in a file, so that one that cannot stops no other.

    Raises:
        Unwritable: One of its kinds, if it cannot.
    """
    _row(payment)


def write(
    *,
    file_id: str,
    created_at: datetime,
    execution_date: date,
    debtor: Party,
    payments: Sequence[Payment],
) -> bytes:
    """Write a file of credit transfers, booked as one debit on the debtor's statement.

    The same arguments always give the same bytes, and the file satisfies the schema.

    Args:
        file_id: What the bank calls the file (`MsgId`, and `PmtInfId` of its only batch):
            `text.reference` of one of our ids, at most 35 characters. Never use one again.
        created_at: The moment of writing, with a time zone.
        execution_date: The banking day on which the bank is to carry it out.
        debtor: Whose account is debited; it also initiates the file.
        payments: The payments, at least one. Ten thousand take about four seconds.

    Raises:
        Unwritable: One of its kinds; nothing is written then.
    """
    if not payments:
        raise NothingToPay("There is nothing to pay.")
    if not is_reference(file_id):
        raise BadReference(_bad_reference("A file's id", file_id))
    _refuse_twins(payment.end_to_end_id for payment in payments)
    file = _File(file_id, created_at, _party(debtor, None))
    for payment in payments:
        file.add_payment(_row(payment) | {"execution_date": execution_date})
    written: bytes = file.export(validate=False)
    _check(written)
    return written


def _check(written: bytes) -> None:
    # To load it takes half a second. Its package changes how XML is read, so nobody has it who
    # writes no files.
    import xmlschema

    try:
        _schema().validate(written.decode())
    except xmlschema.XMLSchemaValidationError as problem:
        raise Unwritable(f"The file would break its schema: {problem}") from problem


@lru_cache(maxsize=1)
def _schema() -> "XMLSchema":
    """Return sepaxml's schema, built once: that takes longer than to write a thousand payments."""
    import xmlschema

    return xmlschema.XMLSchema(Path(sepaxml.__file__).parent / "schemas" / f"{SCHEMA}.xsd")


class _File(SepaTransfer):
    """sepaxml's file, with our ids and moment in place of random ones and the wall clock's."""

    def __init__(self, file_id: str, created_at: datetime, debtor: JsonObject) -> None:
        self._file_id, self._created_at = file_id, created_at
        config = debtor | {"currency": "EUR", "batch": True}
        super().__init__(config, schema=SCHEMA, clean=False)

    def _create_header(self) -> None:
        self.msg_id = self._file_id
        super()._create_header()
        moment = self._created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._xml.find(".//CreDtTm").text = moment

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for batch in self._xml.iter("PmtInf"):
            batch.find("PmtInfId").text = self._file_id
            bank = batch.find("DbtrAgt/FinInstnId")
            if not len(bank):
                # The schema takes an empty element; the rulebook asks for this one.
                other = ElementTree.SubElement(bank, "Othr")
                ElementTree.SubElement(other, "Id").text = "NOTPROVIDED"


def _row(payment: Payment) -> JsonObject:
    key = payment.end_to_end_id
    if not is_reference(key):
        raise BadReference(_bad_reference("An end-to-end id", key), key)
    if payment.currency != "eur":
        raise NotEuro(f"SEPA carries euro and not {payment.currency}.", key)
    if type(payment.amount) is not int or not 1 <= payment.amount <= MOST:
        raise BadAmount(f"{payment.amount!r} cents is not between 1 and {MOST}.", key)
    text = _fit("The text", payment.text, TEXT_LENGTH, key) if payment.text.strip() else key
    return _party(payment.creditor, key) | {
        "amount": payment.amount,
        "description": text,
        "endtoend_id": key,
    }


def _party(party: Party, key: str | None) -> JsonObject:
    row = {"name": _fit("The name", party.name, NAME_LENGTH, key), "IBAN": _iban(party, key)}
    if party.bic is None:
        return row
    if _BIC.fullmatch(party.bic) is None:
        raise BadAccount(f"{party.bic!r} is not a BIC.", key)
    return row | {"BIC": party.bic}


def _iban(party: Party, key: str | None) -> str:
    shown = f"…{party.iban[-4:]}"
    try:
        iban = schwifty.IBAN(party.iban)
    except ValueError as problem:
        raise BadAccount(f"The IBAN {shown} of {party.name} is not one: {problem}", key) from None
    if not iban.in_sepa_zone:
        raise BadAccount(f"SEPA does not reach {iban.country_code}, the land of IBAN {shown}.", key)
    return str(iban)


def _fit(what: str, text: str, length: int, key: str | None) -> str:
    written = latin(text)
    if not any(character.isalnum() for character in written):
        raise BadText(f"{what} {text!r} has no letter or digit that banks take.", key)
    if len(written) > length:
        raise TextTooLong(f"{what} {written!r} is longer than {length} characters.", key)
    return written


def _refuse_twins(keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise PaidTwice("Another payment of this file has the same end-to-end id.", key)
        seen.add(key)


def _bad_reference(what: str, text: str) -> str:
    return (
        f"{what} has at most {REFERENCE_LENGTH} letters, digits or ?:().,'+- (and single spaces "
        f"or slashes between them), not {text!r}: see `text.reference`."
    )
