"""What is usual in each hour of the week, and whether a count is not."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from accounts.detection import counting
from accounts.models import SecurityBaseline

# Below so many nothing is improbable enough, however little is usual.
LEAST: Final = 8
_IMPROBABLE: Final = 1e-6
# What is usual may be half as much more without anybody being told.
_LEEWAY: Final = 1.5
# Of two weeks one knows what is usual.
_LEARNED_WEEKS: Final = 2
_WEIGHT: Final = 0.3
# A week teaches no more than this, so that an attack does not make the next one usual.
_MOST_TIMES: Final = 2.0
_MOST_AT_FIRST: Final = 8.0
_HOURS_OF_WEEK: Final = 168
_FIVE_MINUTES_OF_HOUR: Final = 12


def is_unusual(count: int, mean: float) -> bool:
    """Tell whether a count is improbable where so many are usual.

    Args:
        count: How many there were.
        mean: How many are usual in the same time.
    """
    return count >= LEAST and _tail(count, _LEEWAY * mean) < _IMPROBABLE


def learned(mean: float, weeks: int, count: float) -> float:
    """Return what is usual after another week.

    Args:
        mean: What was usual before.
        weeks: How many weeks that was learned from.
        count: How many there were in that week, in the same time.
    """
    if not weeks:
        return min(count, _MOST_AT_FIRST)
    most = max(_MOST_TIMES * mean, 1.0)
    # The first weeks count as much as those before them.
    weight = max(_WEIGHT, 1 / (weeks + 1))
    return mean + weight * (min(count, most) - mean)


def slot_of(at: datetime) -> int:
    """Return which hour of the week a moment is in."""
    moment = at.astimezone(UTC)
    return moment.weekday() * 24 + moment.hour


def usual(detector: str, subject: str, at: datetime) -> float | None:
    """Return how many are usual in five minutes at a time; None if that is not known yet."""
    slot = slot_of(at)
    near = [(slot + step) % _HOURS_OF_WEEK for step in (-1, 0, 1)]
    rows = SecurityBaseline.objects.filter(
        detector=detector, subject=subject, slot__in=near, weeks__gte=_LEARNED_WEEKS
    )
    means = list(rows.values_list("mean", flat=True))
    return max(means) if means else None


def learn(*, at: datetime) -> int:
    """Learn from the hour before this one, and tell of how many.

    Raises:
        redis.RedisError: If Redis does not answer.
    """
    before = at - timedelta(hours=1)
    counts = counting.take_hour(int(before.timestamp() // 3_600))
    slot = slot_of(before)
    known = {
        f"{row.detector}:{row.subject}": row for row in SecurityBaseline.objects.filter(slot=slot)
    }
    rows = [_learn(known.get(name), name, slot, counts) for name in {*known, *counts}]
    SecurityBaseline.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["detector", "subject", "slot"],
        update_fields=["mean", "weeks"],
    )
    return len(rows)


def subject_of(name: str) -> tuple[str, str]:
    """Return the detector and the subject of a count's name."""
    detector, _, subject = name.partition(":")
    return detector, subject


def _learn(
    row: SecurityBaseline | None, name: str, slot: int, counts: dict[str, int]
) -> SecurityBaseline:
    detector, subject = subject_of(name)
    mean, weeks = (row.mean, row.weeks) if row else (0.0, 0)
    count = counts.get(name, 0) / _FIVE_MINUTES_OF_HOUR
    return SecurityBaseline(
        detector=detector,
        subject=subject,
        slot=slot,
        mean=learned(mean, weeks, count),
        weeks=weeks + 1,
    )


def _tail(count: int, mean: float) -> float:
    """Return how probable so many or more are, by Poisson."""
    if not mean:
        return 0.0
    return math.fsum(_terms(count, mean)) if count > mean else 1.0


def _terms(count: int, mean: float) -> Iterable[float]:
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    while term > 1e-18:
        yield term
        count += 1
        term *= mean / count
