"""The page of an event: what happened, what changed by it, who was told and how they took it."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Membership
from api.models import RequestLog
from console.events.changes import Change, changes
from core.admin import page_of
from payments.customers.services import customers
from tests import factories
from tests.console.reading import count, text_of
from tests.factories import a_paid_intent, a_platform, a_seller, now
from webhooks.models import Attempt, Delivery, Event
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db


def an_endpoint(tenant, path: str = ""):
    url = f"http://127.0.0.1:9/{path}"
    return endpoints.create(tenant=tenant, url=url, enabled_events=["*"], at=now())[0]


def a_delivery(event, endpoint, status="failing", tries=1, **details):
    delivery = Delivery.objects.create(
        account_id=endpoint.account_id,
        livemode=False,
        event=event,
        endpoint=endpoint,
        body="{}",
        status=status,
        attempt_count=tries,
        created_at=now(),
        **details,
    )
    for number in range(1, tries + 1):
        Attempt.objects.create(
            delivery=delivery,
            number=number,
            status_code=500 + number,
            latency_ms=12,
            response_body=f"<b>no {number}</b>",
            created_at=now(),
        )
    return delivery


def an_event(tenant, data, type="customer.updated", **details):
    row = {"object_id": "cus_1", "data": json.dumps(data), "created_at": now()} | details
    return Event.objects.create(account_id=tenant.account_id, livemode=False, type=type, **row)


def page(event) -> str:
    return page_of("webhooks_event", event.id)


def test_what_changed_is_told_as_people_write_it():
    data = {
        "object": {
            "amount_received": 56_56,
            "currency": "usd",
            "email": "b@example.com",
            "count": 2,
            "metadata": {"order": "A-2", "same": "1"},
            "canceled_at": None,
            "live": False,
        },
        "previous_attributes": {
            "amount_received": 0,
            "email": None,
            "count": 1,
            "canceled_at": 1_600_000_000,
            "metadata": {"order": "A-1", "same": "1"},
            "live": True,
        },
    }

    assert changes(data) == [
        Change("amount_received", "0.00 USD", "56.56 USD"),
        Change("canceled_at", "2020-09-13 12:26:40 UTC", "—"),
        Change("count", "1", "2"),
        Change("email", "—", "b@example.com"),
        Change("live", "yes", "no"),
        Change("metadata.order", "A-1", "A-2"),
    ]
    assert changes({"object": {}}) == []


def test_an_event_page_tells_what_happened_and_how_each_endpoint_took_it(operator):
    platform = a_platform()
    ada = customers.create(tenant=platform, name="Ada", at=now())
    customers.update(tenant=platform, customer_id=ada.id, changes={"name": "Bea"}, at=now())
    event = Event.objects.get(type="customer.updated")
    good, bad = an_endpoint(platform, "good"), an_endpoint(platform, "bad")
    a_delivery(event, good, "delivered", 0, ended_at=now())
    waiting = a_delivery(event, bad, tries=2, next_attempt_at=now() + timedelta(hours=1))

    shown = text_of(operator, page(event))

    for words in (
        "customer.updated Test mode",
        "A customer's details changed.",
        "name Ada Bea",
        "http://127.0.0.1:9/good delivered",
        "http://127.0.0.1:9/bad failing, tried again",
        "2 tries. The next is due",
        "2 502 <b>no 2</b> 12 ms",
        "1 501 <b>no 1</b> 12 ms",
    ):
        assert words in shown, shown
    content = operator.get(page(event)).content.decode()
    assert "<b>no" not in content
    for link in (
        page_of("payments_customer", ada.id),
        page_of("webhooks_endpoint", bad.id),
        page_of("webhooks_delivery", waiting.id),
    ):
        assert f'href="{link}"' in content


def test_what_failed_is_sent_again_from_there_but_not_to_a_disabled_endpoint(operator):
    platform = a_platform()
    event = an_event(platform, {"object": {}})
    on, off = an_endpoint(platform, "on"), an_endpoint(platform, "off")
    exhausted, canceled = a_delivery(event, on, "exhausted"), a_delivery(event, off, "canceled")
    off.is_enabled = False
    off.save()
    content = operator.get(page(event)).content.decode()

    assert f"/{exhausted.id}/resend/" in content
    assert f"/{canceled.id}/resend/" not in content
    answer = operator.post(
        f"/admin/webhooks/delivery/{exhausted.id}/resend/", {"from": "event"}, follow=True
    )
    assert answer.redirect_chain == [(page(event), 302)]
    exhausted.refresh_from_db()
    assert exhausted.status == "pending"


def test_an_event_page_asks_the_same_at_1_and_at_50_children(operator):
    platform = a_platform()
    few, many = (an_event(platform, {"object": {}}) for _ in range(2))
    listening = [an_endpoint(platform, str(number)) for number in range(15)]
    a_delivery(few, listening[0])
    for endpoint in listening:
        a_delivery(many, endpoint, tries=4)
    a_delivery(many, an_endpoint(platform, "last"), tries=50)

    first = count(operator, page(few))

    assert first <= 12
    assert count(operator, page(many)) == first
    assert "and 38 earlier" in text_of(operator, page(many))


def test_a_platforms_own_people_see_their_own_endpoints_and_requests_only():
    platform, other = a_platform(), a_platform()
    seller = a_seller(platform)
    for tenant, id in ((platform, "req_1"), (other, "req_2")):
        RequestLog.objects.create(
            id=id,
            account_id=tenant.account_id,
            livemode=False,
            method="POST",
            path=f"/v1/{id}",
            status_code=200,
            duration_ms=1,
            created_at=now(),
        )
    mine = an_event(seller, {"object": {}}, request_id="req_1")
    theirs = an_event(seller, {"object": {}}, request_id="req_2")
    for event in (mine, theirs):
        a_delivery(event, an_endpoint(platform, f"mine-{event.id}"))
        a_delivery(event, an_endpoint(other, f"theirs-{event.id}"))
    foreign = an_event(other, {"object": {}})
    person = factories.an_operator("person@example.com", role="")
    Membership.objects.create(user=person, account_id=platform.account_id, role="developer")
    client = Client()
    client.force_login(person)

    assert client.get(page(foreign)).status_code == 404
    assert client.post(page(mine)).status_code == 405
    for event, path in ((mine, "/v1/req_1"), (theirs, "")):
        shown = text_of(client, page(event))
        assert f"mine-{event.id}" in shown
        assert "theirs" not in shown
        assert path in shown
        assert "/v1/req_2" not in shown


def test_a_payment_tells_a_platforms_people_of_its_own_endpoints_only():
    platform, other = a_platform(), a_platform()
    intent = a_paid_intent(platform)
    event = Event.objects.get(type="payment_intent.succeeded")
    a_delivery(event, an_endpoint(platform, "mine"))
    a_delivery(event, an_endpoint(other, "theirs"))
    person = factories.an_operator("person@example.com", role="")
    Membership.objects.create(user=person, account_id=platform.account_id, role="operator")
    client = Client()
    client.force_login(person)

    shown = text_of(client, page_of("payments_paymentintent", intent.id))

    assert "http://127.0.0.1:9/mine" in shown
    assert "theirs" not in shown
