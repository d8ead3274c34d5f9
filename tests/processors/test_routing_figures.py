"""The figures that routing is held to: how long a choice takes, and a replay of a whole day."""

import time
from datetime import timedelta

import pytest
from django.db import connection

from config.bench import routing as bench
from core.errors import CardError
from payments.charges.services.routed import past_choices
from payments.models import Charge
from processors.accounts import snapshot
from processors.router import candidates, publishing
from processors.routing.drafts import replays
from tests.factories import a_paid_intent, a_platform, now
from tests.processors import accounts_there
from tests.processors.accounts_there import rule

pytestmark = pytest.mark.django_db

A_DAY = 100_000
# The newest charge once more, so many times, over a day.
_COPY = """
    INSERT INTO payments_charge ({columns})
    SELECT {values} FROM payments_charge c, generate_series(1, %s) n WHERE c.id = %s
"""


def test_a_choice_takes_a_tenth_of_a_millisecond_at_most_and_no_query():
    figures = bench.measure(payment_ms=1.0, times=500)

    assert figures["queries"] == 0
    assert figures["slowest_ms"] <= 0.1, figures["by_strategy"]


@pytest.mark.slow
def test_a_replay_of_a_day_of_a_hundred_thousand_payments_takes_less_than_a_minute():
    names = ("simulator", "second")
    accounts_there.add("second", fee_model=[{"bps": 100}])
    accounts_there.publish(rule("all", "volume_split", *names, strategy={"shares": [50, 50]}))
    # Of one that was declined an intent may have many.
    with pytest.raises(CardError):
        a_paid_intent(a_platform(), payment_method="pm_card_chargeDeclined")
    columns = [field.column for field in Charge._meta.concrete_fields]
    changed = {"id": "'ch_day' || n", "created_at": "c.created_at - n * interval '800 ms'"}
    with connection.cursor() as cursor:
        cursor.execute(
            _COPY.format(
                columns=", ".join(columns),
                values=", ".join(changed.get(name, f"c.{name}") for name in columns),
            ),
            [A_DAY - 1, Charge.objects.get().id],
        )
    draft = publishing.read({"rules": [rule("all", "least_cost", *names)]})
    held = snapshot.current()

    started = time.monotonic()
    past = past_choices.first_attempts(
        livemode=False, since=now() - timedelta(days=1), most=A_DAY * 2
    )
    accounts = candidates.of(held, livemode=False)
    found = replays.replay(past, draft, accounts, tallies=held.tallies)
    taken = time.monotonic() - started

    assert found.total == A_DAY
    assert sum(found.after.values()) == A_DAY
    assert taken < 60, taken
