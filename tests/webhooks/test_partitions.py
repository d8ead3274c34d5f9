"""Events, deliveries and attempts go by the week, and nothing goes that was not sent yet."""

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from core.database import partitions
from core.ids import earlier, new_id
from tests.factories import a_platform, as_owner
from webhooks.migrations import _partition_functions as functions
from webhooks.models import Attempt, Body, Delivery, Endpoint, Event, FanOut, RelayCursor

TABLES = {
    "webhooks_event": "evt",
    "webhooks_delivery": "evt",
    "webhooks_body": "evt",
    "webhooks_attempt": "dlv",
    "webhooks_fanout": "evt",
}
MONTH = timedelta(days=30)
OLD = datetime(2026, 3, 2, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def with_old_partitions():
    """Make the partitions of a week that is long over."""
    for table, prefix in TABLES.items():
        as_owner(
            f"CREATE TABLE {table}_20260302 PARTITION OF {table} FOR VALUES "
            f"FROM ('{bound(prefix, OLD)}') TO ('{bound(prefix, OLD + timedelta(days=7))}')"
        )


def bound(prefix, moment):
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_partition_bound(%s, %s)", [prefix, moment])
        return cursor.fetchone()[0]


def an_attempt(at, *, next_attempt_at=None):
    """Make an event, its delivery and the attempt to make it."""
    tenant, age = a_platform(), timezone.now() - at
    event = Event.objects.create(
        id=earlier(new_id("evt"), age) + "0" * 16,
        account_id=tenant.account_id,
        livemode=False,
        type="charge.succeeded",
        object_id="ch_1",
        data="{}",
        api_version="",
        created_at=at,
    )
    endpoint = Endpoint.objects.create(
        account_id=tenant.account_id,
        livemode=False,
        url="https://x.example",
        secret=b"",
        created_at=at,
    )
    delivery = Delivery.objects.create(
        id=earlier(new_id("dlv"), age) + "0" * 16,
        account_id=tenant.account_id,
        livemode=False,
        event=event,
        endpoint=endpoint,
        body_key=1,
        created_at=at,
        next_attempt_at=next_attempt_at,
    )
    Body.objects.create(event_id=event.id, key=1, text="{}", created_at=at)
    return Attempt.objects.create(delivery=delivery, number=1, latency_ms=1, created_at=at)


def relayed():
    xid = Event.objects.order_by("-xid").values_list("xid", flat=True)[0]
    RelayCursor.objects.update(xid=xid + 1)


def dropped():
    return {table: partitions.keep(table, MONTH) for table in TABLES}


def left():
    return [model.objects.count() for model in (Event, Delivery, Body, Attempt)]


def test_what_was_sent_a_month_ago_goes_with_its_week():
    with_old_partitions()
    an_attempt(OLD + timedelta(hours=1))
    an_attempt(timezone.now())
    relayed()

    assert dropped() == dict.fromkeys(TABLES, 1)
    assert left() == [1, 1, 1, 1]


def test_what_still_waits_to_be_sent_stays_with_its_event_and_its_attempts():
    with_old_partitions()
    an_attempt(OLD + timedelta(hours=1), next_attempt_at=timezone.now())
    relayed()

    assert dropped() == dict.fromkeys(TABLES, 0)
    Delivery.objects.update(next_attempt_at=None)
    assert dropped() == dict.fromkeys(TABLES, 1)


def test_an_event_that_the_relay_has_not_taken_stays():
    with_old_partitions()
    an_attempt(OLD + timedelta(hours=1))

    assert dropped() == dict.fromkeys(TABLES, 1) | {"webhooks_event": 0}
    assert left() == [1, 0, 0, 0]


def test_a_body_stays_as_long_as_a_delivery_sends_it():
    with_old_partitions()
    an_attempt(OLD + timedelta(hours=1))
    relayed()

    assert partitions.keep("webhooks_body", MONTH) == 0
    assert partitions.keep("webhooks_delivery", MONTH) == 1
    assert partitions.keep("webhooks_body", MONTH) == 1


def test_what_is_sent_of_long_ago_is_no_finding_and_goes_once_it_is_old_itself():
    sent = an_attempt(OLD + timedelta(hours=1))
    relayed()
    Delivery.objects.update(created_at=timezone.now())
    as_owner("UPDATE webhooks_body SET created_at = now()")
    Attempt.objects.update(created_at=timezone.now())

    assert dropped() == dict.fromkeys(TABLES, 0)
    assert left() == [0, 1, 1, 1]
    assert not any(partitions.look(table, MONTH).stray for table in TABLES)
    Attempt.objects.update(created_at=sent.created_at)
    Delivery.objects.update(created_at=sent.created_at, next_attempt_at=timezone.now())
    dropped()
    assert left() == [0, 1, 1, 1]
    Delivery.objects.update(next_attempt_at=None)
    as_owner(f"UPDATE webhooks_body SET created_at = '{sent.created_at}'")
    dropped()
    assert left() == [0, 0, 0, 0]


def scanned(query):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + query)
        text = "\n".join(line for (line,) in cursor.fetchall())
    return set(re.findall(r" on (webhooks_\w+_(?:rest|[0-9]{8}))\b", text))


def test_one_partition_is_looked_into_for_an_event_what_became_of_it_and_each_try():
    for table in TABLES:
        partitions.keep(table, MONTH)
    event, delivery = new_id("evt"), new_id("dlv")

    for query in (
        f"SELECT FROM webhooks_event WHERE id = '{event}'",
        f"SELECT FROM webhooks_delivery WHERE event_id = '{event}'",
        f"SELECT FROM webhooks_body WHERE event_id IN ('{event}') AND key IN (1, 2)",
        f"SELECT FROM webhooks_delivery WHERE id = '{delivery}' AND event_id IN ('{event}')",
        f"SELECT FROM webhooks_attempt WHERE delivery_id = '{delivery}'",
    ):
        assert len(scanned(query)) == 1, query


def test_rows_of_before_are_the_first_partition_and_are_found_as_they_were():
    migration = import_module("webhooks.migrations.0010_partitions")
    as_owner(functions.RENAME)
    as_owner(functions.INDEX)
    for table in migration.TABLES:
        as_owner(f"CREATE TABLE old (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        as_owner(f"DROP TABLE {table}")
        as_owner(f"ALTER TABLE old RENAME TO {table}")
        as_owner(f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY (id)")
        as_owner(f"GRANT ALL ON {table} TO rialto_app")
    as_owner("CREATE INDEX event_by_object ON webhooks_event (object_id, id DESC)")
    an_attempt(timezone.now() - 2 * MONTH)
    kept = an_attempt(timezone.now())

    for table in migration.TABLES:
        for statement in migration.partition(table):
            as_owner(statement)
        as_owner(f"GRANT ALL ON {table} TO rialto_app")

    an_attempt(timezone.now() + timedelta(days=8))
    relayed()
    assert dropped() == dict.fromkeys(TABLES, 0)
    assert left() == [3, 3, 3, 3]
    assert Attempt.objects.filter(delivery=kept.delivery).get() == kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_indexes WHERE indexname = 'event_by_object'")
        assert cursor.fetchall() == [("webhooks_event",)]
        cursor.execute("SELECT DISTINCT tableoid::regclass::text FROM webhooks_event")
        assert ("webhooks_event_before",) in cursor.fetchall()


def test_what_the_relay_made_of_events_stays_where_it_was_and_is_found_by_its_end():
    migration = import_module("webhooks.migrations.0014_fan_outs_by_week")
    as_owner("CREATE TABLE old (LIKE webhooks_fanout INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    as_owner("DROP TABLE webhooks_fanout")
    as_owner("ALTER TABLE old RENAME TO webhooks_fanout")
    as_owner("ALTER TABLE webhooks_fanout ADD id bigint PRIMARY KEY")
    as_owner("CREATE INDEX fan_out_by_time ON webhooks_fanout (created_at)")
    at = timezone.now()
    for number, age in enumerate((2 * MONTH, timedelta(), -timedelta(days=8)), start=1):
        last = earlier(new_id("evt"), age) + "0" * 16
        as_owner(
            f"INSERT INTO webhooks_fanout SELECT {number - 1}, '', {number}, '{last}', 1, 2, "
            f"'{at}', {number}"
        )

    for statement in migration.PARTITION:
        as_owner(statement)
    as_owner("GRANT ALL ON webhooks_fanout TO rialto_app")

    found = FanOut.objects.order_by("until_xid").values_list("after_xid", "delivery_count")
    assert list(found) == [(0, 2), (1, 2), (2, 2)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM webhooks_fanout ORDER BY until_xid")
        assert [name for (name,) in cursor.fetchall()][:2] == ["webhooks_fanout_before"] * 2
        cursor.execute("SELECT tablename FROM pg_indexes WHERE indexname = 'fan_out_by_time'")
        assert cursor.fetchall() == [("webhooks_fanout",)]
