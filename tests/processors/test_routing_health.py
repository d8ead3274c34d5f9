"""Breakers: an account that fails is left alone, and comes back by probes."""

from datetime import timedelta

from processors.routing import pipeline
from processors.routing.breakers import Breaker, BreakerState, Window
from processors.routing.rules import RuleSet
from tests.processors.routing_facts import NOON, a_payment, an_account

SECOND = timedelta(seconds=1)


def _firsts(breaker: Breaker, *, at, count=500) -> list[str]:
    accounts = (an_account("us", breakers={"card": breaker}), an_account("eu"))
    return [
        pipeline.decide(a_payment(f"pi_{n}"), accounts, RuleSet(), at=at).order[0]
        for n in range(count)
    ]


def test_three_failures_in_a_row_open_a_breaker():
    window = Window()

    opens = [window.add(NOON, is_failure=failed) for failed in (True, True, False, True, True)]

    assert not any(opens)
    assert window.add(NOON, is_failure=True)


def test_half_of_ten_within_ten_seconds_open_a_breaker_and_older_ones_do_not_count():
    spread, dense = Window(), Window()
    outcomes = [bool(n % 2) for n in range(10)]

    slow = [spread.add(NOON + n * 3 * SECOND, is_failure=o) for n, o in enumerate(outcomes)]
    fast = [dense.add(NOON + n * SECOND, is_failure=o) for n, o in enumerate(outcomes)]

    assert not any(slow)
    assert fast == [False] * 9 + [True]


def test_all_payments_leave_an_account_that_is_down():
    assert set(_firsts(Breaker().opened(NOON), at=NOON)) == {"eu"}


def test_a_few_probe_and_three_that_succeed_bring_it_back():
    opened = Breaker().opened(NOON)
    later = NOON + 5 * SECOND

    probing = _firsts(opened, at=later)

    assert 60 < probing.count("us") < 140
    once = opened.after_probe(later, is_failure=False)
    twice = once.after_probe(later, is_failure=False)
    assert twice.state(later) is BreakerState.HALF_OPEN
    assert twice.after_probe(later, is_failure=False) == Breaker()


def test_a_probe_that_fails_opens_it_for_longer():
    breaker, stays = Breaker(), []
    for _ in range(7):
        breaker = breaker.opened(NOON)
        assert breaker.retry_at is not None
        stays.append((breaker.retry_at - NOON).seconds)

    assert stays == [5, 10, 20, 40, 80, 120, 120]
    assert breaker.after_probe(NOON, is_failure=True).state(NOON) is BreakerState.OPEN


def test_an_operator_forces_it():
    assert set(_firsts(Breaker(forced="open"), at=NOON)) == {"eu"}
    assert set(_firsts(Breaker(forced="closed").opened(NOON), at=NOON)) == {"us"}


def test_where_nobody_is_well_the_payment_is_tried_all_the_same_unless_that_is_forced():
    def accounts(breaker):
        return (
            an_account("us", breakers={"card": breaker}),
            an_account("eu", livemode=True),
        )

    down = pipeline.decide(a_payment(), accounts(Breaker().opened(NOON)), RuleSet(), at=NOON)
    forced = pipeline.decide(a_payment(), accounts(Breaker(forced="open")), RuleSet(), at=NOON)

    assert (down.order, down.rejected) == (("us",), {"eu": "mode"})
    assert (forced.order, forced.rejected) == ((), {"us": "health", "eu": "mode"})
