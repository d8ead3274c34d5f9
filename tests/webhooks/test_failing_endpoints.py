"""Endpoints that accept nothing are warned, then disabled, and get later what they missed."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Letter
from core.database.transactions import atomic
from core.errors import InvalidRequest
from tests.factories import a_platform, a_seller, now
from tests.webhooks.steps import an_endpoint, an_event, relayed, try_all
from webhooks import queries
from webhooks.models import Delivery, Endpoint, Event, FanOut, Resend
from webhooks.sending.client import Reply
from webhooks.services import endpoint_health, endpoints, resending

pytestmark = pytest.mark.django_db(transaction=True)


def answer(endpoint: Endpoint, status_code: int, *, at: datetime) -> Endpoint:
    with atomic():
        row = Endpoint.objects.get(id=endpoint.id)
        endpoint_health.note(row, Reply(status_code, "", 5), at=at)
    return row


def test_an_endpoint_that_fails_is_told_of_three_times_and_disabled_after_five_days():
    platform = a_platform(email="ada@example.com", alerts={"endpoint_failing": True})
    endpoint, begun = an_endpoint(platform, "https://shop.example/hook", "*"), now()
    hours = (0, 0.9, 1.1, 5, 24.1, 60, 72.1, 119, 120.1, 121)

    rows = [answer(endpoint, 503, at=begun + timedelta(hours=one)) for one in hours]

    assert [row.failing_notices for row in rows] == [0, 0, 1, 1, 2, 2, 3, 3, 3, 3]
    assert [row.is_enabled for row in rows] == [True] * 8 + [False] * 2
    assert "accepted nothing since" in rows[-1].disabled_reason
    subjects = Letter.objects.order_by("created_at", "id").values_list("subject", flat=True)
    assert [one.partition(" has ")[2] for one in subjects[:3]] == [
        f"failed for {so_long} (test mode)" for so_long in ("an hour", "a day", "three days")
    ]
    assert "was disabled" in subjects[3]
    told = Event.objects.filter(type__startswith="webhook_endpoint.").order_by("id")
    assert [one.type for one in told] == [
        *["webhook_endpoint.failing"] * 3,
        "webhook_endpoint.disabled",
    ]


def test_an_answer_that_accepts_begins_the_days_anew():
    endpoint, begun = an_endpoint(a_platform(), "https://shop.example/hook", "*"), now()

    for days, status_code in ((0, 500), (4.9, 500), (4.95, 204), (5.1, 500), (9.9, 500)):
        row = answer(endpoint, status_code, at=begun + timedelta(days=days))

    assert row.is_enabled
    assert row.failing_since == begun + timedelta(days=5.1)


def test_an_endpoint_that_is_enabled_again_gets_what_it_missed_and_nothing_twice(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    seller = a_seller(platform)
    own = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    other = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    sellers = an_endpoint(platform, httpserver.url_for("/"), "customer.created", is_connect=True)
    had = an_event(platform, "cus_had")
    relayed()
    try_all()

    for one in (own, sellers):
        switch(platform, one, on=False)
    lost = [an_event(platform, "cus_1"), an_event(platform, "cus_2", "customer.deleted")]
    theirs = an_event(seller, "cus_3")
    relayed()
    for one in (own, sellers):
        switch(platform, one, on=True)
    later = an_event(platform, "cus_4")
    relayed()
    sent, of_sellers = (send_missed(one) for one in (own, sellers))
    try_all()

    assert [(one.status, one.sent) for one in (sent, of_sellers)] == [("done", 1)] * 2
    assert heard_by(own) == {had.id, lost[0].id, later.id}
    assert heard_by(sellers) == {theirs.id}
    assert heard_by(other) == {had.id, lost[0].id, later.id}
    assert set(Delivery.objects.values_list("status", "attempt_count")) == {("delivered", 1)}
    assert queries.conservation().holds
    halfway = FanOut.objects.order_by("until_xid")[0].created_at + timedelta(microseconds=1)
    assert queries.conservation(until=halfway).holds
    assert queries.conservation(since=halfway).holds
    with pytest.raises(InvalidRequest, match="has missed nothing"):
        send_missed(own)


def test_an_endpoint_is_sent_nothing_from_before_it_was_made(httpserver):
    platform = a_platform()
    an_event(platform, "cus_before")
    endpoint = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    switch(platform, endpoint, on=False)
    with pytest.raises(InvalidRequest, match="is disabled"):
        send_missed(endpoint)
    switch(platform, endpoint, on=True)
    relayed()

    with pytest.raises(InvalidRequest, match="has missed nothing"):
        send_missed(endpoint)


def send_missed(endpoint: Endpoint) -> Resend:
    return resending.begin(endpoint=endpoint, at=now(), sends_missed=True)


def switch(platform, endpoint: Endpoint, *, on: bool) -> None:
    endpoints.update(tenant=platform, endpoint_id=endpoint.id, changes={"is_enabled": on})


def heard_by(endpoint: Endpoint) -> set[str]:
    rows = Delivery.objects.filter(endpoint=endpoint, status="delivered")
    return set(rows.values_list("event_id", flat=True))
