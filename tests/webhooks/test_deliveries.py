import asyncio
import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Letter
from core.database.transactions import atomic
from core.errors import Missing
from tests.factories import a_paid_intent, a_platform, a_seller, now
from tests.webhooks.sending import post
from tests.webhooks.steps import PAID, an_endpoint, an_event, relayed, try_all
from webhooks import queries
from webhooks.engine.engine import Engine
from webhooks.models import Attempt, Delivery, Endpoint, Event
from webhooks.sending.client import Reply
from webhooks.services import deliveries, events, relay

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_is_delivered_to_whoever_asked_for_its_type(httpserver):
    httpserver.expect_request("/asked", method="POST").respond_with_data("thanks")
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/asked"))
    an_endpoint(platform, httpserver.url_for("/other"), "customer.created")
    intent = a_paid_intent(platform)

    relayed()
    try_all()

    (request, _), *more = httpserver.log
    assert more == []
    event = json.loads(request.data)
    assert (event["type"], event["data"]["object"]["id"]) == (PAID, intent.id)
    assert event["pending_webhooks"] == 1
    assert "account" not in event
    attempt = Attempt.objects.get()
    assert (attempt.status_code, attempt.response_body) == (200, "thanks")
    assert Delivery.objects.get().status == "delivered"
    assert queries.conservation().holds


def test_a_platform_hears_of_its_sellers_with_their_account(httpserver):
    httpserver.expect_request("/connect").respond_with_data("")
    platform = a_platform()
    seller = a_seller(platform)
    an_endpoint(platform, httpserver.url_for("/connect"), "payment.created", is_connect=True)
    a_paid_intent(platform, transfer_destination=seller.account_id)

    relayed()
    try_all()

    ((request, _),) = httpserver.log
    assert json.loads(request.data)["account"] == seller.account_id


def test_nobody_hears_of_anothers_events(httpserver):
    stranger = a_platform()
    an_endpoint(stranger, httpserver.url_for("/"), "*")
    an_endpoint(stranger, httpserver.url_for("/"), "*", is_connect=True)

    a_paid_intent(a_platform())
    relayed()

    assert not Delivery.objects.exists()


def test_relaying_again_makes_nothing_twice(httpserver):
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/"))
    a_paid_intent(platform)
    relayed()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE webhooks_relaycursor SET xid = 0, event_id = ''")

    relayed()

    assert Delivery.objects.count() == 1


def test_an_event_that_commits_late_is_not_passed_over(httpserver):
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    written, commit = threading.Event(), threading.Event()

    def tell(name: str, *, wait: bool = False) -> None:
        with atomic():
            resource = {"id": name, "object": "customer"}
            event = events.event("customer.created", tenant=platform, resource=resource, at=now())
            event.save(force_insert=True)
            if wait:
                written.set()
                assert commit.wait(10)
        connection.close()

    slow = threading.Thread(target=tell, args=["cus_slow"], kwargs={"wait": True})
    slow.start()
    assert written.wait(10)
    quick = threading.Thread(target=tell, args=["cus_quick"])
    quick.start()
    quick.join()
    relay.run_once(at=now())
    commit.set()
    slow.join()
    relayed()

    told = Delivery.objects.values_list("event__object_id", flat=True)
    assert sorted(told) == ["cus_quick", "cus_slow"]


def test_a_failing_receiver_gets_the_same_bytes_again_later(httpserver):
    httpserver.expect_ordered_request("/").respond_with_data("no", status=500)
    httpserver.expect_ordered_request("/").respond_with_data("yes")
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/"))
    a_paid_intent(platform)
    relayed()

    try_all()
    assert Delivery.objects.get().status == "failing"
    assert Endpoint.objects.get().failing_since
    try_all()
    assert len(httpserver.log) == 1
    try_all(after=timedelta(seconds=13))

    assert Delivery.objects.get().status == "delivered"
    assert Endpoint.objects.get().failing_since is None
    first, second = (request.data for request, _ in httpserver.log)
    assert first == second
    assert [a.status_code for a in Attempt.objects.order_by("number")] == [500, 200]


def test_after_ten_retries_over_about_three_days_it_is_given_up(httpserver):
    httpserver.expect_request("/").respond_with_data("no", status=500)
    platform = a_platform(email="ada@example.com", alerts={"endpoint_failing": True})
    an_endpoint(platform, httpserver.url_for("/"))
    a_paid_intent(platform)
    relayed()

    delivery = Delivery.objects.get()
    while delivery.next_attempt_at:
        try_all(after=delivery.next_attempt_at - now() + timedelta(seconds=1))
        delivery.refresh_from_db()

    assert (delivery.status, delivery.attempt_count) == ("exhausted", 11)
    assert timedelta(days=2.5) < sum(deliveries.WAITS, timedelta()) < timedelta(days=3.5)
    assert queries.conservation().exhausted == 1
    assert Letter.objects.count() in (2, 3)


def test_a_delivery_can_be_sent_again_whatever_became_of_it(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/"))
    a_paid_intent(platform)
    relayed()
    try_all()

    deliveries.resend(delivery_id=Delivery.objects.get().id, at=now())
    try_all()

    assert len(httpserver.log) == 2
    assert Delivery.objects.get().status == "delivered"
    with pytest.raises(Missing):
        deliveries.resend(delivery_id="dlv_none", at=now())


def test_gone_means_gone(httpserver):
    httpserver.expect_request("/").respond_with_data("", status=410)
    platform = a_platform(email="ada@example.com", alerts={"endpoint_failing": True})
    endpoint = an_endpoint(platform, httpserver.url_for("/"))
    a_paid_intent(platform)
    relayed()

    try_all()

    endpoint.refresh_from_db()
    assert not endpoint.is_enabled
    assert "410" in endpoint.disabled_reason
    assert "was disabled" in Letter.objects.get().subject
    assert Delivery.objects.get().status == "canceled"
    assert queries.conservation().holds


def test_two_engines_at_once_send_each_event_once(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    for _ in range(8):
        an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    for number in range(10):
        an_event(platform, f"cus_{number}")
    relayed()

    async def two_at_once() -> None:
        engines = [Engine(is_lasting=True) for _ in range(2)]
        await asyncio.gather(*(one.run(until_idle=True) for one in engines))

    asyncio.run(two_at_once())

    assert Delivery.objects.filter(status="delivered", attempt_count=1).count() == 80
    assert len(httpserver.log) == 80
    assert queries.conservation().holds


@pytest.mark.parametrize("path", ["redirect", "endless"])
def test_a_hostile_receiver_gets_nothing_out_of_it(httpserver, path):
    httpserver.expect_request("/redirect").respond_with_data(
        "", status=302, headers={"Location": httpserver.url_for("/inside")}
    )
    httpserver.expect_request("/endless").respond_with_data("x" * 1_000_000, status=500)
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for(f"/{path}"))
    a_paid_intent(platform)
    relayed()

    try_all()

    assert len(httpserver.log) == 1
    assert Delivery.objects.get().status == "failing"
    assert len(Attempt.objects.get().response_body) <= 16_384


def test_live_events_are_never_sent_to_this_machine(httpserver):
    reply = post(httpserver.url_for("/").replace("http://", "https://"), livemode=True)

    assert reply.status_code is None
    assert "not a public address" in reply.error
    assert httpserver.log == []


@given(
    tries=st.integers(1, 10),
    dice=st.floats(0, 1),
    status=st.sampled_from([None, 429, 500]),
    retry_after=st.none() | st.integers(0, 10**6),
)
def test_waits_keep_to_their_bounds(tries, dice, status, retry_after):
    reply = Reply(status, "", 1, retry_after_seconds=retry_after, timed_out=status is None)

    wait = deliveries.wait_after(tries, reply, dice=dice)

    assert wait is not None
    assert wait >= deliveries.WAITS[tries - 1] * 0.8
    assert wait <= max(deliveries.WAITS[tries - 1] * 1.2, timedelta(hours=24))
    if status in (None, 429):
        assert wait >= timedelta(seconds=60)


def test_the_application_cannot_rewrite_what_happened():
    a_paid_intent(a_platform())

    for statement in ("UPDATE webhooks_event SET type = 'x'", "DELETE FROM webhooks_event"):
        with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(statement)

    assert Event.objects.exists()
