"""Persons of sellers who ask: what is held of them, what needs it, and erasing it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.services import file_removal
from connect.models import Payout, Person
from connect.onboarding import file_uses
from connect.states import PayoutStatus
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.types import JsonObject
from webhooks.services import events

_OPEN_PAYOUTS: Final = (PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT)
_NOTHING: Final[JsonObject] = {
    "details": {}, "relationship": {}, "metadata": {}, "failed": [], "sealed_numbers": None,
    "numbers_given": [], "answer_at": None,
}  # fmt: skip


def person(person_id: str) -> Person | None:
    """Return a person of a seller, even one who has left; None if there is none."""
    return Person.objects.select_related("account").filter(id=person_id).first()


def rows(person_id: str) -> Iterator[QuerySet[Any]]:
    """Yield all rows that are held of a person, a table at a time."""
    yield Person.objects.filter(id=person_id)


def papers(row: Person) -> list[str]:
    """Return the ids of a person's papers."""
    return file_uses.papers_of(row)


def needs(row: Person, *, at: datetime) -> list[str]:
    """Return what still needs a person's data, a sentence each; none if all may go."""
    ended_at = row.deleted_at or row.account.closed_at
    if ended_at is None:
        return [
            gettext(
                "{id} is a person of {account}, which is open: remove the person from the account, "
                "or close it."
            ).format(id=row.id, account=row.account_id)
        ]
    waiting = Payout.objects.filter(
        account_id=row.account_id, livemode=row.livemode, status__in=_OPEN_PAYOUTS
    )
    found = [
        gettext("The payout {id} is on its way.").format(id=id)
        for id in waiting.values_list("id", flat=True)[:5]
    ]
    until = ended_at + timedelta(days=settings.SELLER_PEOPLE_DAYS)
    if at < until:
        found.append(
            gettext(
                "Law asks that it is known until {day} who {account} was "
                "(RIALTO_SELLER_PEOPLE_DAYS)."
            ).format(day=f"{until:%Y-%m-%d}", account=row.account_id)
        )
    return found


def erase(person_id: str, *, at: datetime) -> None:
    """Erase a person who has left a seller, and the content of the papers; again, it does nothing.

    Args:
        person_id: `person_...`; nothing may need the data any more.
        at: The moment.
    """
    with atomic():
        for row in lock_rows(Person.objects.filter(id=person_id)):
            file_removal.remove(papers(row), at=at)
            for name, nothing in _NOTHING.items():
                setattr(row, name, nothing)
            row.save(update_fields=list(_NOTHING))
            events.forget([row.id])
