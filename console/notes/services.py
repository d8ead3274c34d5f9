"""Writing notes, and reading them."""

import re
from datetime import datetime
from typing import Final

from django.db.models import Model
from django.utils.translation import gettext

from accounts.audit import trail
from accounts.models import User
from console.models import Note
from console.models.notes import LONGEST
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.security.roles import standing_of

_MOST: Final = 50
_ID: Final = re.compile(r"note_[0-9A-Za-z]{24}")


def write(*, row: Model, id: str, text: str, by: User, at: datetime) -> Note:
    """Write a note about an object.

    Args:
        row: The object.
        id: `note_...`, which the form has brought: the same form sent twice writes once.
        text: What it says.
        by: Who writes.
        at: The moment.

    Raises:
        InvalidRequest: If it says nothing, or too much.
    """
    text = text.strip()
    if not text or not _ID.fullmatch(id):
        raise InvalidRequest(gettext("Write what the next person should know."), param="text")
    if len(text) > LONGEST:
        raise InvalidRequest(
            gettext("Write %(longest)s letters at most.") % {"longest": f"{LONGEST:,}"},
            param="text",
        )
    standing = standing_of(by)
    with atomic():
        note, is_new = Note.objects.get_or_create(
            id=id,
            defaults={
                "object_id": str(row.pk),
                "platform_id": standing.platform_id if standing else "",
                "author_id": by.pk,
                "author_email": by.email,
                "text": text,
                "created_at": at,
            },
        )
        if is_new:
            trail.record("note.written", row, changes={"note": (None, note.id)})
    return note


def notes_of(object_id: str, user: object) -> list[Note]:
    """Return the newest notes about an object that somebody may read.

    Args:
        object_id: What they are about.
        user: Who asks: people of a platform read those of their own.
    """
    rows = Note.objects.filter(object_id=object_id).order_by("-id")
    standing = standing_of(user)
    if standing is None:
        return []
    if standing.platform_id:
        rows = rows.filter(platform_id=standing.platform_id)
    return list(rows[:_MOST])
