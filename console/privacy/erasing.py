"""Erasing somebody: what would go, what stands against it, and doing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from accounts.audit import trail
from checkout import erasure as checkout
from connect import erasure as sellers
from console.privacy import subjects
from console.privacy.exporting import target_of
from console.privacy.subjects import Subject
from core.database.transactions import atomic
from core.errors import InvalidRequest, missing
from payments.erasure import payers


@dataclass(frozen=True, slots=True)
class Look:
    """What erasing somebody would touch, and what stands against it.

    Args:
        counts: Table → rows.
        needs: Sentences of what still needs the data.
    """

    counts: dict[str, int]
    needs: Sequence[str]


def look(subject: Subject, *, at: datetime) -> Look:
    """Tell what erasing somebody would touch, and what stands against it; it changes nothing.

    Args:
        subject: Who.
        at: The moment.

    Raises:
        Missing: If nothing is held.
    """
    counts: dict[str, int] = {}
    for rows in subjects.tables(subject):
        label = rows.model._meta.label
        counts[label] = counts.get(label, 0) + rows.count()
    return Look(counts, _needs(subject, at))


def _needs(subject: Subject, at: datetime) -> Sequence[str]:
    if subject.kind != subjects.PERSON:
        return payers.needs(subject.payer())
    row = sellers.person(subject.name)
    if row is None:
        raise missing("person", subject.name)
    return sellers.needs(row, at=at)


def erase(subject: Subject, *, reason: str, at: datetime) -> datetime | None:
    """Erase somebody, but for what law and the books keep.

    It is done step by step, each a transaction: cut off, it goes on when it is called again.

    Args:
        subject: Who.
        reason: Why.
        at: The moment.

    Returns:
        When the last of it goes; None if nothing is left to go.

    Raises:
        Missing: If nothing is held.
        InvalidRequest: If something still needs the data, or no reason is given.
    """
    if not reason.strip():
        raise InvalidRequest(gettext("Say why: who has asked, and when."), param="reason")
    found = look(subject, at=at)
    if found.needs:
        raise InvalidRequest(
            gettext("It cannot be erased yet. %(needs)s") % {"needs": " ".join(found.needs)}
        )
    payer = subject.payer()
    # Before anything goes: what was asked for is known whatever cuts it off.
    _record("personal_data.erasure_begun", subject, found.counts, reason)
    if subject.kind == subjects.PERSON:
        sellers.erase(subject.name, at=at)
        later = None
    else:
        later = payers.erase(payer, at=at)
        if subject.email:
            checkout.erase_of_address(subject.email, account_id=subject.account_id)
    _record("personal_data.erased", subject, found.counts, reason)
    if subject.email:
        # By these they are found again after a restore.
        for customer_id in payer.customers:
            own = Subject(subjects.CUSTOMER, customer_id)
            _record("personal_data.erased", own, {}, reason)
    return later


def _record(action: str, subject: Subject, counts: dict[str, int], reason: str) -> None:
    with atomic():
        trail.record(
            action,
            target=target_of(subject),
            account_id=subject.account_id or None,
            changes={name: (None, count) for name, count in counts.items()},
            reason=reason,
        )
