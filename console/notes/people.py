"""What people of the console did to an object and wrote about it, as lines of its timeline."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext

from accounts.audit import queries as audit
from accounts.audit.actions import ACTIONS
from console.notes import services
from console.payments.timeline import Moment
from console.words import NEUTRAL
from core.security.roles import standing_of

_MOST: Final = 20
# The note itself is told.
_TOLD: Final = ("note.written",)


def moments(object_id: str, user: object) -> list[Moment]:
    """Return what was done and written, in two queries.

    Args:
        object_id: What it is about.
        user: Who asks: people of a platform read their own notes alone.
    """
    notes = [
        _moment(row.created_at, gettext("Note"), row.author_email, row.text)
        for row in services.notes_of(object_id, user)
    ]
    standing = standing_of(user)
    if standing is None or standing.platform_id:
        return notes
    done = audit.find(target_id=object_id).exclude(action__in=_TOLD)[:_MOST]
    return notes + [
        _moment(row.created_at, ACTIONS[row.action].rstrip("."), row.actor_email, row.reason)
        for row in done
        if row.action in ACTIONS
    ]


def _moment(at: datetime, what: str, who: str, text: str) -> Moment:
    return Moment(at, what, NEUTRAL, "", who, "", "", "", "", text)
