"""What deliveries send is kept once for all of an event that send the same, and frozen."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.database.transactions import atomic
from tests.factories import a_paid_intent, a_platform, a_seller, now
from tests.factories import as_owner as in_the_transaction
from tests.webhooks.steps import an_endpoint, an_event, as_owner, relayed, try_all
from webhooks import queries
from webhooks.engine import due
from webhooks.models import Body, Delivery, Endpoint, Event
from webhooks.services import endpoints, missed
from webhooks.services.audience import Hearing, Settled

pytestmark = pytest.mark.django_db(transaction=True)


def heard(httpserver) -> list[tuple[str, bytes]]:
    return [(request.headers["webhook-id"], request.data) for request, _ in httpserver.log]


def test_one_body_serves_all_endpoints_that_are_sent_the_same(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    seller = a_seller(platform)
    url = httpserver.url_for("/")
    for _ in range(3):
        an_endpoint(platform, url, "*", is_connect=True)
    old = endpoints.create(
        tenant=seller, url=url, enabled_events=["*"], api_version="2024-06-20", at=now()
    )[0]
    thin = endpoints.create(tenant=seller, url=url, enabled_events=["*"], is_thin=True, at=now())[0]
    event = an_event(seller)
    relayed()

    try_all()

    rows = {row.endpoint_id: row for row in Delivery.objects.filter(event=event)}
    assert (len(rows), Body.objects.filter(event_id=event.id).count()) == (5, 3)
    assert {row.body for row in rows.values()} == {None}
    assert len({rows[one.id].body_key for one in (old, thin)}) == 2
    sent = sorted(data for id, data in heard(httpserver) if id == event.id)
    assert sent == sorted(queries.body_of(row).encode() for row in rows.values())
    assert len(set(sent)) == 3


def test_what_a_delivery_of_before_sends_stands_in_its_own_row(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    for _ in range(2):
        an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    event = an_event(platform)
    relayed()
    before, after = Delivery.objects.order_by("id")
    Delivery.objects.filter(id=before.id).update(body='{"of": "before"}', body_key=None)

    try_all()

    assert sorted(data for _, data in heard(httpserver)) == sorted(
        [b'{"of": "before"}', queries.body_of(after).encode()]
    )
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
    assert Body.objects.get().event_id == event.id


def test_what_is_sent_later_of_an_event_is_what_was_sent_of_it_before(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    first = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    late = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    endpoints.update(tenant=platform, endpoint_id=late.id, changes={"is_enabled": False})
    event = an_event(platform)
    relayed()
    endpoints.update(tenant=platform, endpoint_id=late.id, changes={"is_enabled": True})
    head = Settled(event.xid, event.id, event.account_id, event.livemode, event.type)

    for _ in range(2):
        with atomic():
            missed.add([head], late.id, at=now())
    try_all()

    assert {row.endpoint_id for row in Delivery.objects.all()} == {first.id, late.id}
    assert (len(heard(httpserver)), len(set(heard(httpserver)))) == (2, 1)
    assert Body.objects.count() == 1
    assert queries.conservation().holds


def test_a_delivery_whose_body_is_gone_is_canceled_and_keeps_nobody_waiting(httpserver, caplog):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    gone, there = an_event(platform, "cus_1"), an_event(platform, "cus_2")
    relayed()
    as_owner(f"DELETE FROM webhooks_body WHERE event_id = '{gone.id}'")

    try_all()

    states = dict(Delivery.objects.values_list("event_id", "status"))
    assert states == {gone.id: "canceled", there.id: "delivered"}
    assert "The bodies of deliveries are gone" in caplog.text
    assert queries.conservation().holds


def test_what_an_engine_loads_takes_as_many_queries_for_one_as_for_many():
    platform = a_platform()
    for _ in range(6):
        an_endpoint(platform, "http://127.0.0.1:9/", "*")

    def load() -> int:
        chosen = due.choose(range(64), kept=[], rooms={}, at=now() + timedelta(minutes=1))
        tokens = dict.fromkeys(range(64), 0)
        with CaptureQueriesContext(connection) as made:
            loaded = due.load(chosen, tokens, at=now())
        assert len(loaded) == Delivery.objects.count()
        assert all(one.body for one in loaded)
        return len(made)

    an_event(platform, "cus_1")
    relayed()
    one = load()
    a_paid_intent(platform)
    relayed()

    assert (one, load()) == (3, 3)


def test_ways_of_hearing_have_keys_that_stay_and_are_all_different():
    ways = [
        Hearing(is_connect, version, granted, is_thin)
        for is_connect in (False, True)
        for version in ("", "2024-06-20", "2026-10-28.endive")
        for granted in (None, (), (("charges", "read"),))
        for is_thin in (False, True)
    ]

    assert len({way.key for way in ways}) == len(ways)
    # It is kept: a way must not get another one with the next release.
    assert ways[0].key == -2_925_915_267_600_174_044


def test_rows_of_before_are_not_written_again_when_it_is_migrated():
    migration = import_module("webhooks.migrations.0013_bodies_once")
    platform = a_platform()
    an_endpoint(platform, "http://127.0.0.1:9/", "customer.created")
    an_event(platform)
    relayed()

    with atomic():
        in_the_transaction("UPDATE webhooks_delivery SET body = '{}'")
        in_the_transaction("ALTER TABLE webhooks_delivery DROP COLUMN body_key")
        in_the_transaction("ALTER TABLE webhooks_delivery ALTER COLUMN body SET NOT NULL")
        before = files()
        in_the_transaction(migration.DELIVERIES)

        assert files() == before
        assert len(before) > 2
        row = Delivery.objects.get()
        assert (row.body, row.body_key, queries.body_of(row)) == ("{}", None, "{}")
        connection.set_rollback(True)
    assert Endpoint.objects.count() == Event.objects.count() == 1


def files() -> dict[str, int]:
    """Name the files of the partitions: a table that is written again gets another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relid::text, pg_relation_filenode(relid) "
            "FROM pg_partition_tree('webhooks_delivery') WHERE isleaf"
        )
        return dict(cursor.fetchall())
