"""Sessions of people: how long they last, where they are, and how they end."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit import trail
from accounts.models import Session, User
from core.database.transactions import atomic
from core.types import JsonObject

# Whoever is logged in is asked again after so long without a page, and after so long at all.
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
# Each page would be one statement more.
_SEEN_EVERY: Final = timedelta(minutes=1)

# What a session keeps of its beginning.
BEGAN: Final = "people.began"
_ADDRESS: Final = "people.address"
_AGENT: Final = "people.agent"


def digest(key: str) -> str:
    """Return what is kept of a session's key."""
    # Keys are drawn from 165 bits, so that a plain hash of them leads nowhere; the column has 40.
    return hashlib.sha256(f"rialto.session:{key}".encode()).hexdigest()[:40]


def begin(request: HttpRequest) -> None:
    """Begin the hours of a session, and keep where it is."""
    request.session[BEGAN] = timezone.now().timestamp()
    request.session[_ADDRESS] = request.META.get("REMOTE_ADDR") or None
    request.session[_AGENT] = request.META.get("HTTP_USER_AGENT", "")[:200].replace("\0", "")
    person = request.session[SESSION_KEY]
    Session.objects.filter(user_id=person, expire_date__lt=timezone.now()).delete()


def describe(row: Session, data: JsonObject) -> None:
    """Write down on a row whose it is, since when, where, and until when."""
    row.user_id = data[SESSION_KEY]
    row.began_at = datetime.fromtimestamp(data[BEGAN], UTC)
    row.seen_at = timezone.now()
    row.address = data.get(_ADDRESS)
    row.agent = data.get(_AGENT, "")
    row.expire_date = _end(row.began_at, row.seen_at)


def keep_alive(row: Session) -> None:
    """Put off the end of a session that is used."""
    now = timezone.now()
    if row.seen_at is None or row.began_at is None or now - row.seen_at < _SEEN_EVERY:
        return
    row.seen_at, row.expire_date = now, _end(row.began_at, now)
    Session.objects.filter(pk=row.pk).update(seen_at=now, expire_date=row.expire_date)


def of(user: User) -> list[Session]:
    """Return the sessions of a person, the one that was used last first."""
    return list(
        Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at")
    )


def end_one(*, user: User, key: str) -> bool:
    """End a session of a person; False if it is none.

    Args:
        user: Whose it is.
        key: The digest of its key.
    """
    with atomic():
        ended, _ = Session.objects.filter(user=user, pk=key).delete()
        if ended:
            trail.record("session.ended", user, changes={"session": (key, None)})
    return bool(ended)


def end_all(user: User, *, but: str | None = None) -> int:
    """End the sessions of a person, and tell how many that were.

    Args:
        user: Whose they are.
        but: The key of one that goes on.
    """
    rows = Session.objects.filter(user=user)
    ended, _ = (rows.exclude(pk=digest(but)) if but else rows).delete()
    return ended


def _end(began_at: datetime, seen_at: datetime) -> datetime:
    return min(seen_at + IDLE, began_at + LONGEST)
