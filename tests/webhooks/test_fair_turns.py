"""Whose deliveries are tried when there are more than can be in flight at once."""

from datetime import timedelta

import pytest

from core.database.transactions import atomic
from core.tenant import Tenant
from tests.factories import a_platform, a_seller, now
from tests.webhooks.steps import an_endpoint, an_event, relayed, try_all
from webhooks import queries
from webhooks.models import Delivery, Endpoint
from webhooks.sending.client import Reply
from webhooks.services import deliveries, dispatch, endpoints

pytestmark = pytest.mark.django_db(transaction=True)

TOO_LATE = Reply(None, "", 15_000, "The endpoint did not answer in time.", timed_out=True)
LATE = Reply(200, "", 6_000)
QUICK = Reply(500, "", 20)


def waiting_for(tenant: Tenant, url: str, *, count: int = 1) -> list[Delivery]:
    """Make an endpoint and as many events for it that were not sent yet."""
    endpoint = an_endpoint(tenant, url, "customer.created")
    for number in range(count):
        an_event(tenant, f"cus_{number}")
    relayed()
    return list(Delivery.objects.filter(endpoint=endpoint).order_by("id"))


def take(delivery: Delivery, *, at=None) -> bool:
    """Let this connection hold a delivery, as a worker does that waits for the answer."""
    return deliveries._claim(delivery.id, at=at or now()) is not None


def try_with(endpoint: Endpoint, *replies: Reply, at=None) -> Endpoint:
    for reply in replies:
        with atomic():
            endpoint.refresh_from_db()
            dispatch.note_answer(endpoint, reply, at=at or now())
    endpoint.refresh_from_db()
    return endpoint


def test_an_endpoint_has_four_requests_in_flight():
    waiting = waiting_for(a_platform(), "http://127.0.0.1:9/", count=6)

    assert [take(one) for one in waiting] == [True] * 4 + [False] * 2

    # What was refused may be handed out again at once.
    assert Delivery.objects.get(id=waiting[5].id).hinted_at is None


def test_an_account_has_six_requests_in_flight_whatever_its_endpoints_are():
    platform = a_platform()
    waiting = [
        waiting_for(platform, f"http://127.0.0.1:{port}/", count=1)[0] for port in range(9, 19)
    ]

    assert sum(take(one) for one in waiting) == 6
    assert take(waiting_for(a_seller(platform), "http://127.0.0.1:9/")[0])


def test_a_host_has_twelve_requests_in_flight_whoever_asks_for_them():
    waiting = [waiting_for(a_platform(), f"http://127.0.0.1:9/{n}")[0] for n in range(14)]

    assert sum(take(one) for one in waiting) == 12
    assert take(waiting_for(a_platform(), "http://127.0.0.1:10/")[0])


def test_all_slow_endpoints_together_have_six_requests_in_flight():
    slow = [waiting_for(a_platform(), f"http://127.0.0.1:{n}/", count=2) for n in range(9, 17)]
    for one, _ in slow:
        assert try_with(one.endpoint, LATE).is_slow

    first = sum(take(one) for one, _ in slow)

    assert first == 6
    assert not any(take(other) for _, other in slow)
    assert take(waiting_for(a_platform(), "http://127.0.0.1:99/")[0])
    assert not try_with(slow[0][0].endpoint, QUICK).is_slow
    assert take(slow[0][1])


def test_a_place_is_free_once_its_worker_is_gone():
    waiting = waiting_for(a_platform(), "http://127.0.0.1:9/", count=5)
    for one in waiting[:4]:
        take(one)
    assert not take(waiting[4])

    Delivery.objects.filter(id=waiting[0].id).update(leased_by=2**30)

    assert take(waiting[4])


def test_an_endpoint_that_keeps_timing_out_rests_and_is_then_sent_one():
    waiting = waiting_for(a_platform(), "http://127.0.0.1:9/", count=3)
    endpoint, at = waiting[0].endpoint, now() + timedelta(seconds=10)
    assert try_with(endpoint, TOO_LATE, TOO_LATE, at=at).paused_until is None
    assert dispatch.dispatch_due(at=at, most=10) == 1

    rests = [try_with(endpoint, TOO_LATE, at=at).paused_until - at for _ in range(6)]

    assert rests == [timedelta(seconds=s) for s in (30, 60, 120, 240, 300, 300)]
    later = at + timedelta(minutes=5)
    assert dispatch.dispatch_due(at=later - timedelta(seconds=1), most=10) == 0
    assert not take(waiting[0], at=later - timedelta(seconds=1))
    assert dispatch.dispatch_due(at=later, most=10) == 1
    assert take(waiting[0], at=later)
    assert dispatch.dispatch_due(at=later, most=10) == 0
    assert not take(waiting[1], at=later)


def test_a_rest_costs_no_try_and_no_delivery(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    waiting = waiting_for(a_platform(), httpserver.url_for("/"), count=3)
    at = now()
    try_with(waiting[0].endpoint, *[TOO_LATE] * 3, at=at)

    try_all()
    assert not httpserver.log
    assert set(Delivery.objects.values_list("status", "attempt_count")) == {("pending", 0)}
    try_all(after=timedelta(seconds=31))

    assert set(Delivery.objects.values_list("status", "attempt_count")) == {("delivered", 1)}
    assert Endpoint.objects.get().paused_until is None
    assert queries.conservation().holds


@pytest.mark.parametrize("way", ["resent", "moved", "switched on"])
def test_whoever_mends_an_endpoint_need_not_wait_for_the_end_of_its_rest(httpserver, way):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    (waiting,) = waiting_for(platform, httpserver.url_for("/"))
    endpoint = try_with(waiting.endpoint, *[TOO_LATE] * 5)
    assert endpoint.paused_until

    if way == "resent":
        deliveries.resend(delivery_id=waiting.id, at=now())
    else:
        changes = {"url": httpserver.url_for("/")} if way == "moved" else {"is_enabled": True}
        endpoints.update(tenant=platform, endpoint_id=endpoint.id, changes=changes)

    assert deliveries.deliver(delivery_id=waiting.id, at=now())
    assert Delivery.objects.get().status == "delivered"


def test_of_a_thousand_events_of_one_a_few_are_handed_out_before_anothers(redis_of_the_worker):
    loud, quiet = a_platform(), a_platform()
    for tenant in (loud, quiet):
        an_endpoint(tenant, "http://127.0.0.1:9/", "customer.created")
    for number in range(30):
        an_event(loud, f"cus_{number}")
    an_event(quiet)

    relayed()

    # How many batches there were depends on other tests' transactions.
    at_once = redis_of_the_worker.llen("deliveries")
    handed = Delivery.objects.exclude(hinted_at=None)
    assert handed.filter(account_id=quiet.account_id).count() == 1
    assert handed.count() == at_once
    later = now() + timedelta(seconds=6)
    assert dispatch.dispatch_due(at=later, most=2) == 2
    assert {d.account_id for d in Delivery.objects.filter(hinted_at=later)} == {
        loud.account_id,
        quiet.account_id,
    }


def test_what_ends_hands_on_the_next_of_its_account(httpserver, redis_of_the_worker):
    httpserver.expect_request("/").respond_with_data("")
    waiting = waiting_for(a_platform(), httpserver.url_for("/"), count=3)
    Delivery.objects.update(hinted_at=None)
    redis_of_the_worker.flushdb()

    deliveries.deliver(delivery_id=waiting[0].id, at=now())

    assert redis_of_the_worker.llen("deliveries") == 1
    assert Delivery.objects.get(id=waiting[1].id).hinted_at is not None
    assert Delivery.objects.get(id=waiting[2].id).hinted_at is None


def test_nothing_is_handed_out_to_a_resting_endpoint_when_it_happens(redis_of_the_worker):
    platform = a_platform()
    endpoint = an_endpoint(platform, "http://127.0.0.1:9/", "customer.created")
    try_with(endpoint, *[TOO_LATE] * 3)

    an_event(platform)
    relayed()

    assert Delivery.objects.get().hinted_at is None
    assert redis_of_the_worker.llen("deliveries") == 0


def test_an_answer_that_is_quick_as_before_writes_nothing(django_assert_num_queries):
    endpoint = an_endpoint(a_platform(), "http://127.0.0.1:9/")

    with atomic(), django_assert_num_queries(0):
        dispatch.note_answer(endpoint, QUICK, at=now())
