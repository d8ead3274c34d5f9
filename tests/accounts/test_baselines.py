"""What is usual is learned, and what is not is seen at once."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from accounts.detection import baselines, counting, watch
from accounts.models import SecurityAlarm, SecurityBaseline
from core.detection import signals
from core.detection.signals import Observation, Signal

_HOURS = 28 * 24
_LEARNED = 14 * 24


def _poisson(draw, mean):
    if mean > 30:
        return max(0, round(draw.gauss(mean, math.sqrt(mean))))
    product, count, least = draw.random(), 0, math.exp(-mean)
    while product > least:
        product *= draw.random()
        count += 1
    return count


def _usual_declines(hour, orders):
    """How many are declined in five minutes of an hour: by day and week, one in ten."""
    of_day = 1 + 0.8 * math.sin((hour % 24 - 8) / 24 * 2 * math.pi)
    return orders * of_day * (0.6 if hour // 24 % 7 > 4 else 1) / 10


@pytest.mark.parametrize("orders", [0.1, 1, 5, 20, 50])
def test_ordinary_weeks_raise_no_alarm_and_each_attack_is_seen_in_its_first_minutes(orders):
    draw = random.Random(f"{orders}")
    means, false, missed = {}, 0, 0
    for hour in range(_HOURS):
        slot = hour % 168
        mean, weeks = means.get(slot, (0.0, 0))
        near = max(means.get((slot + step) % 168, (0.0, 0))[0] for step in (-1, 0, 1))
        counts = [_poisson(draw, _usual_declines(hour, orders)) for _ in range(12)]
        if hour >= _LEARNED:
            false += sum(baselines.is_unusual(count, near) for count in counts)
            # Ten a minute, of which nine are declined.
            missed += not baselines.is_unusual(counts[0] + _poisson(draw, 45), near)
        means[slot] = (baselines.learned(mean, weeks, sum(counts) / 12), weeks + 1)

    assert (false, missed) == (0, 0)


def test_an_attack_that_lasts_a_day_does_not_make_the_next_one_usual():
    mean = 2.0

    after = baselines.learned(mean, 10, 500.0)

    assert after <= 1.5 * mean
    assert baselines.is_unusual(45, after)


@pytest.mark.django_db
@pytest.mark.attacks
def test_what_an_hour_had_is_learned_from_and_then_decides(settings):
    settings.ALARMS = {"failures": 8}
    first = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
    weeks = [first + timedelta(weeks=number) for number in range(3)]
    for week in weeks:
        for minutes in range(0, 30, 5):
            for _ in range(20):
                signals.note(Observation(Signal.FAILED, thing="GET /v1/slow"))
            watch.look_at(week + timedelta(minutes=minutes))
        assert baselines.learn(at=week + timedelta(hours=1)) == 1

    row = SecurityBaseline.objects.get()
    assert (row.detector, row.weeks, round(row.mean)) == ("failures", 3, 9)
    # The first week had nothing to go by.
    assert SecurityAlarm.objects.get().created_at == weeks[0]
    assert counting.take_hour(int(first.timestamp() // 3_600)) == {}
