"""Who asks for their data: a customer, whoever has an e-mail address, or a seller's person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts import queries as accounts
from checkout import erasure as checkout
from connect import erasure as sellers
from core.errors import InvalidRequest, Missing
from payments.erasure import payers
from payments.erasure.payers import Payer
from webhooks.services import events

CUSTOMER: Final = "customer"
PERSON: Final = "person"
ADDRESS: Final = "e_mail"


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody of whom something is held.

    Args:
        kind: `CUSTOMER`, `PERSON` or `ADDRESS`.
        name: `cus_...`, `person_...`, or the address.
        account_id: The merchant, where an address is of one alone.
    """

    kind: str
    name: str
    account_id: str = ""

    @property
    def email(self) -> str:
        """The address, if it is one."""
        return self.name if self.kind == ADDRESS else ""

    def payer(self) -> Payer:
        """Return the payer, as things are now."""
        if self.kind == ADDRESS:
            return payers.of_address(self.name, account_id=self.account_id)
        return payers.of_customer(self.name)


def read(text: str, *, account_id: str = "") -> Subject:
    """Read who is meant: `cus_...`, `person_...`, or an e-mail address.

    Raises:
        InvalidRequest: If it is none of these.
    """
    text = text.strip()
    for prefix, kind in (("cus_", CUSTOMER), ("person_", PERSON)):
        if text.startswith(prefix):
            return Subject(kind, text)
    if "@" in text and "\0" not in text:
        return Subject(ADDRESS, text, account_id)
    raise InvalidRequest(
        gettext("Name somebody: an e-mail address, a customer (cus_…) or a person (person_…).")
    )


def tables(subject: Subject) -> Iterator[QuerySet[Any]]:
    """Yield all rows that are held of somebody, a table at a time, those that tell of them last.

    Raises:
        Missing: If nothing is held.
    """
    found = [rows for rows in _own_tables(subject) if rows.exists()]
    if not found:
        raise Missing(gettext("Nothing is held of %(name)s.") % {"name": subject.name})
    yield from found
    told = events.about([row.pk for rows in found for row in rows.only("pk")])
    if told.exists():
        yield told


def _own_tables(subject: Subject) -> Iterator[QuerySet[Any]]:
    if subject.kind == PERSON:
        yield from sellers.rows(subject.name)
        return
    payer = subject.payer()
    yield from payers.rows(payer)
    yield checkout.sessions(
        customer_ids=payer.customers, email=subject.email, account_id=subject.account_id
    )


def files(subject: Subject) -> Iterator[tuple[Any, bytes]]:
    """Yield somebody's papers whose content is there, with the content."""
    if subject.kind == PERSON:
        row = sellers.person(subject.name)
        ids = sellers.papers(row) if row else []
    else:
        ids = payers.evidence_files(subject.payer())
    for paper in accounts.papers(ids).values():
        if paper.removed_at is None:
            yield paper, b"".join(accounts.content(paper))
