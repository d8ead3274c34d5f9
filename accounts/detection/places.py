"""Where keys are used and people log in, and what is told of a place that is new."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection

from accounts.detection import detectors
from accounts.detection.detectors import DETECTORS
from accounts.detection.findings import Finding, subject_of
from accounts.models import SecurityPlace
from core.detection.networks import region_of
from core.detection.signals import Observation, Signal

# A key that is new is used from many places at first: by developers, then by servers.
LEARNING: Final = timedelta(hours=24)
_AT_ONCE: Final = timedelta(minutes=10)
_FORGOTTEN: Final = timedelta(days=180)
_SEEN: Final = """
    INSERT INTO accounts_securityplace AS kept (subject, place, first_at, last_at)
    SELECT subject, place, %s, %s FROM unnest(%s::text[], %s::text[]) AS seen (subject, place)
    ON CONFLICT (subject, place) DO UPDATE
    SET last_at = greatest(kept.last_at, excluded.last_at)
    RETURNING subject, place, xmax = 0
"""


class _Seen(NamedTuple):
    subject: str
    place: str


def find(observed: list[Observation], *, at: datetime) -> list[Finding]:
    """Keep where keys were used and people logged in, and return what is new.

    Args:
        observed: Of `Signal.KEY_USED` and `Signal.LOGGED_IN`.
        at: The moment.
    """
    seen = {_seen(one): one for one in observed}
    if not seen:
        return []
    # One order for all processes.
    rows = sorted(seen)
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [at, at, [row.subject for row in rows], [row.place for row in rows]])
        new = [_Seen(subject, place) for subject, place, is_new in cursor.fetchall() if is_new]
    findings = [_new_place(seen[row], row, at) for row in new]
    return [finding for finding in findings if finding]


def forget(*, at: datetime) -> int:
    """Forget the places that nobody was seen at for half a year, and tell how many."""
    return SecurityPlace.objects.filter(last_at__lt=at - _FORGOTTEN).delete()[0]


def _seen(one: Observation) -> _Seen:
    if one.signal == Signal.LOGGED_IN:
        return _Seen(one.person_id, f"{one.network} {one.member}")
    return _Seen(one.key_id, one.network)


def _new_place(one: Observation, row: _Seen, at: datetime) -> Finding | None:
    others = list(
        SecurityPlace.objects.filter(subject=row.subject)
        .exclude(place=row.place)
        .order_by("-last_at")
        .values_list("place", "first_at", "last_at")
    )
    if not others:
        return None
    if one.signal == Signal.LOGGED_IN:
        return _finding("new_device", one, one.person_id, {"place": one.network})
    if min(first_at for _, first_at, _ in others) > at - LEARNING:
        return None
    region = region_of(one.network)
    elsewhere = [
        place
        for place, _, last_at in others
        if last_at > at - _AT_ONCE and region_of(place) != region
    ]
    if elsewhere:
        figures: dict[str, str | int] = {"place": one.network, "other": elsewhere[0], "minutes": 10}
        return _finding("key_in_two_places", one, one.key_id, figures)
    return _finding("key_from_new_network", one, one.key_id, {"place": one.network})


def _finding(
    name: str, one: Observation, value: str, figures: dict[str, str | int]
) -> Finding | None:
    detector = DETECTORS[name]
    if not detectors.threshold_of(detector):
        return None
    subject = subject_of(detector, value)
    return Finding(detector, one.account_id, one.livemode, subject, 1, 1, dict(figures))
