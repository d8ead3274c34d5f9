"""Whose deliveries are tried when there are more than can be in flight at once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from core.database.transactions import atomic
from core.ids import new_id
from core.tenant import Tenant
from tests.factories import a_platform, now
from tests.webhooks.steps import an_endpoint, an_event, relayed, try_all
from webhooks import queries
from webhooks.engine import due, leases, turns
from webhooks.engine.due import Due, Target
from webhooks.engine.turns import Turns
from webhooks.models import Delivery, Endpoint
from webhooks.sending.client import Reply
from webhooks.services import deliveries, endpoint_health, endpoints

TOO_LATE = Reply(None, "", 15_000, "The endpoint did not answer in time.", timed_out=True)
LATE = Reply(200, "", 6_000)
QUICK = Reply(200, "", 20)
MOMENT = datetime(2030, 1, 1, tzinfo=UTC)


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def waiting(endpoint: Endpoint, count: int = 1, *, tries: int = 0) -> list[Due]:
    """Make deliveries as if they had been loaded."""
    return [
        Due(
            id=new_id("dlv"),
            target=Target(endpoint, 0),
            token=1,
            event_id=new_id("evt"),
            livemode=False,
            body=b"{}",
            tries=tries,
            uncounted=0,
            due_at=MOMENT,
        )
        for _ in range(count)
    ]


def endpoint(url: str = "http://127.0.0.1:9/", account: str = "", **more: object) -> Endpoint:
    return Endpoint(id=new_id("we"), account_id=account or new_id("acct"), url=url, **more)


def started(some: Turns) -> list[Due]:
    """Take all whose turn it is."""
    found = []
    while one := some.next():
        found.append(one)
    return found


def of_each(found: list[Due]) -> list[int]:
    return sorted(Counter(one.target.endpoint.id for one in found).values())


def test_an_endpoint_begins_with_four_places_and_earns_four_more_by_quick_answers():
    some = Turns()
    some.add(waiting(endpoint(), 60))

    first = started(some)
    for one in first:
        some.ended(one, QUICK)
    second = started(some)
    for one in second:
        some.ended(one, QUICK)

    assert (len(first), len(second), len(started(some))) == (4, 6, 8)


def test_an_endpoint_that_is_late_or_says_too_many_loses_places():
    some, late, busy = Turns(), endpoint("http://127.0.0.1:9/"), endpoint("http://127.0.0.1:8/")
    some.add([*waiting(late, 8), *waiting(busy, 8)])
    for one in started(some):
        some.ended(one, LATE if one.target.endpoint is late else Reply(429, "", 20))

    assert of_each(started(some)) == [1, 1]


def test_first_tries_and_others_each_have_slots_that_are_theirs():
    many = [endpoint(f"http://127.0.0.1:{n}/") for n in range(1, 201)]
    fresh, retries = Turns(), Turns()
    fresh.add(one for each in many for one in waiting(each, 4))
    retries.add(one for each in many for one in waiting(each, 4, tries=1))

    assert len(started(fresh)) == turns.SLOTS * 9 // 10
    assert len(started(retries)) == turns.SLOTS * 4 // 10
    retries.add(one for each in many for one in waiting(each, 2))
    assert len(started(retries)) == turns.SLOTS * 6 // 10


def test_one_account_one_host_and_all_that_are_slow_have_a_quarter_of_the_slots_each():
    quarter = turns.SLOTS // 4
    cases = [
        [endpoint(f"http://127.0.0.1:{n}/", "acct_1") for n in range(1, 101)],
        [endpoint("http://127.0.0.1:9/") for n in range(1, 101)],
        [endpoint(f"http://127.0.0.1:{n}/", is_slow=True) for n in range(1, 101)],
    ]

    for case in cases:
        some = Turns()
        some.add(one for each in case for one in waiting(each, 3))
        assert len(started(some)) == quarter
        some.add(waiting(endpoint("http://127.0.0.1:999/"), 2))
        assert len(started(some)) == 2


def test_of_a_thousand_events_of_one_a_few_are_sent_before_anothers():
    some, loud, quiet = Turns(), endpoint(), endpoint("http://127.0.0.1:8/")
    some.add(waiting(loud, 1_000))
    some.add(waiting(quiet, 1))

    first, second = started(some)[:2]

    assert {first.target.endpoint.id, second.target.endpoint.id} == {loud.id, quiet.id}


def test_an_endpoint_with_a_rate_is_sent_no_more_than_that():
    clock = Clock()
    some = Turns(clock)
    sent = 0
    for _ in range(40):
        clock.seconds += 0.25
        some.add(waiting(endpoint_of_ten, 8))
        for one in started(some):
            some.ended(one, QUICK)
            sent += 1

    assert 95 <= sent <= 105


endpoint_of_ten = endpoint(most_per_second=10)


def test_what_was_loaded_long_ago_or_is_somebody_elses_by_now_is_not_sent():
    clock = Clock()
    some, one = Turns(clock), waiting(endpoint())
    some.add(one)
    clock.seconds += turns.FRESH_SECONDS + 0.1
    assert started(some) == []
    assert some.known == []

    some.add(one)
    some.keep_only({0: 2})

    assert started(some) == []
    assert some.known == []


# The rest is decided in the database.


def waiting_for(tenant: Tenant, url: str, *, count: int = 1) -> list[Delivery]:
    """Make an endpoint and as many events for it that were not sent yet."""
    made = an_endpoint(tenant, url, "customer.created")
    for number in range(count):
        an_event(tenant, f"cus_{number}")
    relayed()
    return list(Delivery.objects.filter(endpoint=made).order_by("id"))


def chosen(*, at: datetime) -> list[str]:
    return [one.id for one in due.choose(range(leases.SHARDS), kept=[], rooms={}, at=at)]


def try_with(tried: Endpoint, *replies: Reply, at: datetime | None = None) -> Endpoint:
    for reply in replies:
        with atomic():
            tried.refresh_from_db()
            endpoint_health.note(tried, reply, at=at or now())
    tried.refresh_from_db()
    return tried


@pytest.mark.django_db(transaction=True)
def test_an_endpoint_that_keeps_timing_out_rests_and_is_then_sent_one():
    found = waiting_for(a_platform(), "http://127.0.0.1:9/", count=3)
    tried, at = found[0].endpoint, now() + timedelta(seconds=10)
    assert try_with(tried, TOO_LATE, TOO_LATE, at=at).paused_until is None
    assert len(chosen(at=at)) == 1

    rests = [try_with(tried, TOO_LATE, at=at).paused_until - at for _ in range(6)]

    assert rests == [timedelta(seconds=s) for s in (30, 60, 120, 240, 300, 300)]
    later = at + timedelta(minutes=5)
    assert chosen(at=later - timedelta(seconds=1)) == []
    assert chosen(at=later) == [found[0].id]


@pytest.mark.django_db(transaction=True)
def test_a_rest_costs_no_try_and_no_delivery(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    found = waiting_for(a_platform(), httpserver.url_for("/"), count=3)
    try_with(found[0].endpoint, *[TOO_LATE] * 3)

    try_all()
    assert not httpserver.log
    assert set(Delivery.objects.values_list("status", "attempt_count")) == {("pending", 0)}
    try_all(after=timedelta(seconds=31))

    assert set(Delivery.objects.values_list("status", "attempt_count")) == {("delivered", 1)}
    assert Endpoint.objects.get().paused_until is None
    assert queries.conservation().holds


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["resent", "moved", "switched on"])
def test_whoever_mends_an_endpoint_need_not_wait_for_the_end_of_its_rest(httpserver, way):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    (one,) = waiting_for(platform, httpserver.url_for("/"))
    resting = try_with(one.endpoint, *[TOO_LATE] * 5)
    assert resting.paused_until

    if way == "resent":
        deliveries.resend(delivery_id=one.id, at=now())
    else:
        changes = {"url": httpserver.url_for("/")} if way == "moved" else {"is_enabled": True}
        endpoints.update(tenant=platform, endpoint_id=resting.id, changes=changes)
    try_all()

    assert Delivery.objects.get().status == "delivered"


@pytest.mark.django_db(transaction=True)
def test_an_object_whose_order_is_kept_waits_for_the_event_before(httpserver):
    httpserver.expect_oneshot_request("/").respond_with_data("no", status=500)
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    ordered = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    Endpoint.objects.filter(id=ordered.id).update(keeps_order=True)
    events = [an_event(platform, object_id) for object_id in ("cus_1", "cus_1", "cus_2", "cus_1")]
    relayed()

    at = now()
    first = [Delivery.objects.get(id=id).event_id for id in chosen(at=at)]
    assert sorted(first) == sorted([events[0].id, events[2].id])
    try_all()
    waits = Delivery.objects.filter(event__object_id="cus_1", status="delivered").count()
    try_all(after=timedelta(seconds=13))

    heard = [request.headers["webhook-id"] for request, _ in httpserver.log]
    of_one = [id for id in heard if id != events[2].id]
    in_order = [events[0].id, events[1].id, events[3].id]
    assert of_one[-3:] == in_order or waits == 3
    assert Delivery.objects.filter(status="delivered").count() == 4


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_quick_as_before_writes_nothing(django_assert_num_queries):
    made = an_endpoint(a_platform(), "http://127.0.0.1:9/")

    with atomic(), django_assert_num_queries(0):
        endpoint_health.note(made, QUICK, at=now())
