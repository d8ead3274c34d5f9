"""Tables in partitions by time: made ahead, dropped whole, by a role that makes no tables."""

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from api import tasks
from api.models import RequestLog
from config.cli import doctor
from config.launcher.problems import Problem
from core import ids
from core.database import partitions
from tests.factories import as_owner

REQUESTS = "api_requestlog"
MONTH = timedelta(days=30)
WEEK = timedelta(days=7)

pytestmark = pytest.mark.django_db


def names(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT partition_name FROM core_partitions(%s)", [table])
        return {name for (name,) in cursor.fetchall()}


def rows_by_partition(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1")
        return dict(cursor.fetchall())


def bound(moment):
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_partition_bound('req', %s)", [moment])
        return cursor.fetchone()[0]


def a_request(moment=None):
    id = bound(moment) + "0" * 16 if moment else ids.new_id("req")
    return RequestLog.objects.create(
        id=id,
        method="GET",
        path="/v1/balance",
        status_code=200,
        duration_ms=1,
        created_at=moment or timezone.now(),
    )


@pytest.mark.parametrize("tick", [0, 61, 62, 89_000_000_000_001, 62**8 - 1])
def test_the_database_begins_ids_as_the_application_does(tick):
    # A tick is a fiftieth of a millisecond.
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=20 * tick)

    assert bound(moment) == ids.with_prefix("req", ids._base62(tick, 8))


def test_what_comes_now_has_a_partition_of_its_week_and_what_comes_soon_has_one_too():
    partitions.keep(REQUESTS, MONTH)
    a_request()
    a_request(timezone.now() + 2 * WEEK)

    placed = rows_by_partition(REQUESTS)

    assert set(placed.values()) == {1}
    assert not any(name.endswith("_rest") for name in placed)
    assert partitions.look(REQUESTS, MONTH) == partitions.State(REQUESTS, True, False, 0)


def a_partition(start, days=7):
    name = f"{REQUESTS}_{start:%Y%m%d}"
    as_owner(
        f"CREATE TABLE {name} PARTITION OF {REQUESTS} FOR VALUES "
        f"FROM ('{bound(start)}') TO ('{bound(start + timedelta(days=days))}')"
    )
    return name


def test_a_partition_goes_whole_once_its_youngest_row_is_old_enough():
    partitions.keep(REQUESTS, MONTH)
    old = a_partition(datetime(2026, 3, 2, tzinfo=UTC))
    there = names(REQUESTS)
    a_request(datetime(2026, 3, 2, tzinfo=UTC))
    a_request(datetime(2026, 3, 8, 23, 59, tzinfo=UTC))
    a_request()
    kept = (datetime(2026, 3, 9, tzinfo=UTC) + MONTH) - timedelta(seconds=1)

    dropped = [partitions.keep(REQUESTS, MONTH, at=at) for at in (kept, timezone.now())]

    assert dropped == [0, 1]
    assert names(REQUESTS) == there - {old}
    assert RequestLog.objects.count() == 1


def test_rows_that_came_while_there_was_no_partition_move_into_it_and_are_told_of_until_then():
    monday = datetime(2026, 11, 30, tzinfo=UTC) + 520 * WEEK
    for days in (0, 1, 8):
        a_request(monday + timedelta(days=days))
    before = partitions.look(REQUESTS, MONTH)
    for name in names(REQUESTS) - {f"{REQUESTS}_rest"}:
        as_owner(f"DROP TABLE {name}")
    a_request()
    missing = partitions.look(REQUESTS, MONTH)

    partitions.keep(REQUESTS, MONTH)

    assert (before.stray, missing.stray, missing.is_ahead) == (3, 4, False)
    assert partitions.look(REQUESTS, MONTH) == partitions.State(REQUESTS, True, False, 3)
    assert RequestLog.objects.count() == 4


def test_what_is_too_old_and_still_there_is_told_of():
    partitions.keep(REQUESTS, MONTH)
    a_partition(datetime(2026, 3, 2, tzinfo=UTC))

    assert partitions.look(REQUESTS, MONTH).has_old


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT core_drop_partitions('api_requestlog', now())",
        "SELECT core_drop_partitions('api_requestlog', now() + interval '40 days')",
        "SELECT core_drop_partitions('ledger_posting', now() - interval '400 days')",
        "SELECT core_make_partitions('ledger_posting', now())",
        "SELECT core_make_partitions('api_requestlog', now() + interval '500 days')",
        "SELECT core_stray_rows('accounts_user')",
        "SELECT core_attach_rows_of_before('api_requestlog')",
        "DROP TABLE api_requestlog_rest",
        "DELETE FROM api_requestlog",
        "SELECT FROM api_requestlog_rest",
    ],
)
def test_the_application_drops_nothing_that_is_not_old_and_makes_nothing_else(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(statement)

    assert refused.value.__cause__.sqlstate in ("22023", "42501")


def test_rows_of_before_stay_where_they_are_as_the_first_partition():
    statements = import_module("api.migrations.0002_requests_by_week").REQUESTS
    as_owner("CREATE TABLE before (LIKE api_requestlog INCLUDING ALL)")
    as_owner("DROP TABLE api_requestlog")
    as_owner("ALTER TABLE before RENAME TO api_requestlog")
    as_owner("ALTER INDEX before_pkey RENAME TO api_requestlog_pkey")
    as_owner("ALTER INDEX before_account_id_id_idx RENAME TO request_by_account")
    as_owner("CREATE INDEX request_by_age ON api_requestlog USING brin (created_at)")
    as_owner("GRANT ALL ON api_requestlog TO rialto_app")
    a_request(timezone.now() - MONTH)
    a_request()
    a_request(timezone.now() + 3 * WEEK)

    for statement in statements:
        as_owner(statement)

    as_owner("GRANT SELECT, INSERT ON api_requestlog TO rialto_app")
    partitions.keep(REQUESTS, MONTH)
    placed = rows_by_partition(REQUESTS)
    assert placed.pop(f"{REQUESTS}_before") == 2
    assert list(placed.values()) == [1]
    assert not placed.keys() & {f"{REQUESTS}_rest"}


def scanned(query):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + query)
        text = "\n".join(line for (line,) in cursor.fetchall())
    return set(re.findall(r" on (\w+_(?:rest|before|[0-9]{8}))\b", text))


def test_a_request_is_looked_for_in_one_partition_and_newer_ones_not_among_the_old():
    partitions.keep(REQUESTS, MONTH)
    old, id = a_partition(datetime(2026, 3, 2, tzinfo=UTC)), ids.new_id("req")

    one = scanned(f"SELECT * FROM api_requestlog WHERE id = '{id}'")
    newer = scanned(f"SELECT * FROM api_requestlog WHERE id >= '{id}' ORDER BY id DESC LIMIT 9")

    assert len(one) == 1
    assert newer == names(REQUESTS) - {old}


def test_a_key_is_looked_for_in_the_days_that_count_and_its_answer_is_written_in_one():
    partitions.keep("api_idempotencykey", timedelta(days=1))
    today = timezone.now().astimezone(UTC).date()
    which = "account_id = 'a' AND livemode AND scope = '' AND key = 'k' AND day"

    looked = scanned(
        f"SELECT FROM api_idempotencykey WHERE {which} BETWEEN '{today}'::date - 1 "
        f"AND '{today}'::date + 1"
    )
    written = scanned(f"SELECT FROM api_idempotencykey WHERE id = 'i' AND day = '{today}'")

    assert looked == {
        f"api_idempotencykey_{day}"
        for day in ("rest", f"{today:%Y%m%d}", f"{today + timedelta(days=1):%Y%m%d}")
    }
    assert written == {f"api_idempotencykey_{today:%Y%m%d}"}


def test_the_doctor_tells_of_partitions_that_are_missing_and_of_rows_that_none_is_for():
    for name in names(REQUESTS) - {f"{REQUESTS}_rest"}:
        as_owner(f"DROP TABLE {name}")
    with pytest.raises(Problem, match="api_requestlog has none for what comes"):
        doctor._partitions()
    tasks.prune()
    well = doctor._partitions()
    a_request(timezone.now() + 52 * WEEK)

    with pytest.raises(Problem, match="api_requestlog_rest should be empty; rows there: 1"):
        doctor._partitions()

    assert well == ", ".join(settings.KEPT_FOR)
