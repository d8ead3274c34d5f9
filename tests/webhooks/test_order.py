"""The order of an object's events, for endpoints that keep it."""

import threading

import pytest
from django.db import connection

from core.database.transactions import atomic
from core.tenant import Tenant
from tests.factories import a_platform, a_seller, now
from tests.webhooks.steps import an_endpoint, an_event, relayed, try_all, wait_for_the_horizon
from webhooks import queries
from webhooks.models import Delivery, Endpoint, Event
from webhooks.services import events, relay

pytestmark = pytest.mark.django_db(transaction=True)


def two_that_overtake(tenant: Tenant) -> list[Event]:
    """Tell twice of one object; the transaction that began first waits, and writes last."""
    begun, go_on = threading.Event(), threading.Event()
    told: list[Event] = []

    def tell_late() -> None:
        with atomic():
            with connection.cursor() as cursor:
                # Such as a lock of something else: from now on it has a number.
                cursor.execute("SELECT pg_current_xact_id()")
            begun.set()
            assert go_on.wait(10)
            resource = {"id": "cus_1", "object": "customer"}
            row = events.event("customer.created", tenant=tenant, resource=resource, at=now())
            row.save(force_insert=True)
            told.append(row)
        connection.close()

    late = threading.Thread(target=tell_late)
    late.start()
    assert begun.wait(10)
    told.append(an_event(tenant))
    go_on.set()
    late.join()
    return list(Event.objects.filter(id__in=[one.id for one in told]).order_by("id"))


def test_a_batch_is_not_cut_between_two_transactions_that_overtook_one_another(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    ordered = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    Endpoint.objects.filter(id=ordered.id).update(keeps_order=True)
    first, second = two_that_overtake(platform)
    more = an_event(platform, "cus_2")
    wait_for_the_horizon()

    assert second.xid < first.xid
    taken = relay.run_once(at=now(), batch=1)
    try_all()
    heard = [request.headers["webhook-id"] for request, _ in httpserver.log]
    rest = relay.run_once(at=now(), batch=1)

    assert (taken, rest) == (2, 1)
    assert heard == [first.id, second.id]
    assert Delivery.objects.get(event=more).status == "pending"
    assert queries.conservation().holds


def test_what_is_called_the_same_at_two_accounts_is_not_one_object(httpserver):
    httpserver.expect_request("/").respond_with_data("", status=500)
    platform = a_platform()
    sellers = [a_seller(platform) for _ in range(2)]
    ordered = an_endpoint(platform, httpserver.url_for("/"), "capability.updated", is_connect=True)
    Endpoint.objects.filter(id=ordered.id).update(keeps_order=True)
    told = [
        an_event(seller, "blik_payments", "capability.updated") for seller in (*sellers, sellers[0])
    ]
    relayed()

    try_all()

    heard = [request.headers["webhook-id"] for request, _ in httpserver.log]
    assert {told[0].id, told[1].id} <= set(heard)
    assert told[2].id not in heard
