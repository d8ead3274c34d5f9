"""Workers die, Redis forgets, endpoints go away, databases are restored: nothing is lost."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from werkzeug import Request, Response

from core.database.transactions import atomic
from tests.databases import address_in_use
from tests.factories import a_paid_intent, a_platform, now
from tests.webhooks.steps import (
    a_due_delivery,
    an_endpoint,
    an_event,
    as_owner,
    relayed,
    try_all,
    wait_for_the_horizon,
)
from webhooks import queries
from webhooks.engine import due, leases, turns
from webhooks.engine.engine import Engine
from webhooks.engine.results import Result, Writer
from webhooks.models import Attempt, Delivery, Event, RelayCursor, Shard
from webhooks.sending.client import Reply
from webhooks.services import deliveries, endpoints, relay

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def an_engine() -> Iterator[subprocess.Popen[bytes]]:
    """Run an engine in a process of its own."""
    env = os.environ | {"DATABASE_URL": address_in_use("rialto_app")}
    process = subprocess.Popen([sys.executable, "-m", "tests.webhooks.sending"], env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def is_gone() -> bool:
    """Return whether the database has noticed that whoever held shards is no more."""
    held = "SELECT FROM webhooks_shard s JOIN pg_stat_activity a ON a.pid = s.backend_pid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS ({held})")
        return bool(cursor.fetchone()[0])


@pytest.mark.slow
@pytest.mark.parametrize("has_answered", [False, True], ids=["before", "after"])
def test_an_engine_killed_around_the_answers_loses_nothing(httpserver, has_answered):
    engines: list[subprocess.Popen[bytes]] = []

    def answer(_: Request) -> Response:
        # The receiver has the event; that it answers will never be recorded.
        engines[0].kill()
        engines[0].wait(10)
        return Response("" if has_answered else "not yet", status=200 if has_answered else 500)

    httpserver.expect_oneshot_request("/").respond_with_handler(answer)
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    for number in range(12):
        an_event(platform, f"cus_{number}")
    relayed()
    with an_engine() as running:
        engines.append(running)
        assert running.wait(30) == -9
    until(is_gone)

    try_all()

    bodies = {one.event_id: queries.body_of(one).encode() for one in Delivery.objects.all()}
    heard = [(request.headers["webhook-id"], request.data) for request, _ in httpserver.log]
    assert {id for id, _ in heard} == set(bodies)
    assert all(bodies[id] == data for id, data in heard)
    # Twice only what was on its way.
    assert 12 < len(heard) <= 12 + turns.MOST_PER_ENDPOINT
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
    assert queries.conservation().holds


@pytest.mark.slow
def test_an_engine_that_was_stopped_writes_nothing_when_it_wakes_up(httpserver):
    asked, answer = threading.Event(), threading.Event()

    def hold(_: Request) -> Response:
        asked.set()
        answer.wait(10)
        return Response("too late", status=500)

    httpserver.expect_oneshot_request("/").respond_with_handler(hold)
    httpserver.expect_request("/").respond_with_data("")
    delivery = a_due_delivery(a_platform(), httpserver.url_for("/"))
    with an_engine() as running:
        assert asked.wait(30)
        running.send_signal(signal.SIGSTOP)
        # As if its leases had ended while it stood still.
        Shard.objects.update(leased_until=now() - timedelta(seconds=1))
        leases.keep("another", is_lasting=False)
        answer.set()
        running.send_signal(signal.SIGCONT)
        until(lambda: Shard.objects.filter(engine_id="another").count() == leases.SHARDS)
        time.sleep(1)
        untouched = Delivery.objects.get(id=delivery.id)
        leases.release("another")
        until(lambda: Delivery.objects.filter(status="delivered").exists())

    assert (untouched.status, untouched.attempt_count) == ("pending", 0)
    assert [a.status_code for a in Attempt.objects.all()] == [200]
    assert len({request.data for request, _ in httpserver.log}) == 1
    assert queries.conservation().holds


def test_what_an_engine_writes_after_its_shard_was_taken_is_refused(httpserver):
    delivery = a_due_delivery(a_platform(), httpserver.url_for("/"))
    held, _ = leases.keep("first", is_lasting=False)
    (chosen,) = due.choose(held, kept=[], rooms={}, at=now())
    (one,) = due.load([chosen], held, at=now())
    Shard.objects.update(leased_until=now() - timedelta(seconds=1))
    taken, _ = leases.keep("second", is_lasting=False)

    stale = Writer().write([Result(one, Reply(200, "", 5), {}, now())])
    mine = Result(replace(one, token=taken[chosen.shard]), Reply(200, "", 5), {}, now())
    assert stale == 0
    assert Delivery.objects.get(id=delivery.id).status == "pending"
    assert Writer().write([mine]) == 1

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count) == ("delivered", 1)
    assert len(taken) == leases.SHARDS
    assert queries.conservation().holds


def test_what_was_asked_for_while_a_try_was_on_its_way_is_not_undone_by_its_answer(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    delivery = a_due_delivery(a_platform(), httpserver.url_for("/"))
    held, _ = leases.keep("first", is_lasting=False)
    loaded = due.load(due.choose(held, kept=[], rooms={}, at=now()), held, at=now())
    deliveries.resend(delivery_id=delivery.id, at=now())

    Writer().write([Result(loaded[0], Reply(200, "", 5), {}, now())])
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count) == ("pending", 1)
    leases.release("first")
    try_all()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count) == ("delivered", 2)
    assert [a.number for a in Attempt.objects.order_by("number")] == [1, 2]


def test_engines_that_last_share_the_shards_and_one_that_drains_takes_none():
    first, _ = leases.keep("first", is_lasting=True)
    second, _ = leases.keep("second", is_lasting=True)
    busy = set(list(first)[:40])
    kept, too_many = leases.keep("first", is_lasting=True, idle=set(first) - busy)
    theirs, _ = leases.keep("second", is_lasting=True)
    settled, _ = leases.keep("first", is_lasting=True, idle=set(kept))
    theirs, _ = leases.keep("second", is_lasting=True)

    assert (len(first), len(second)) == (64, 0)
    assert (len(kept), too_many) == (40, 8)
    assert (len(settled), len(theirs)) == (32, 32)
    assert not set(settled) & set(theirs)
    assert leases.lasting_engines() == 2
    leases.release("first")
    assert leases.lasting_engines() == 1
    assert len(leases.keep("second", is_lasting=True)[0]) == 64


def test_an_engine_that_comes_after_one_that_was_killed_gets_all_shards_at_once():
    def hold_and_die() -> None:
        leases.keep("first", is_lasting=True)
        connection.close()

    dying = threading.Thread(target=hold_and_die)
    dying.start()
    dying.join()
    until(is_gone)

    held, too_many = leases.keep("second", is_lasting=True)

    assert (len(held), too_many) == (leases.SHARDS, 0)


def test_an_engine_that_stands_still_while_it_writes_holds_its_shards_no_longer_than_a_lease():
    held, _ = leases.keep("first", is_lasting=True)

    with atomic():
        leases.still_held(set(held.items()))
        within = idle_limit()

    assert within < timedelta(seconds=leases.SECONDS) < idle_limit()


def idle_limit() -> timedelta:
    """Return how long the database waits for the next statement of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('idle_in_transaction_session_timeout')::interval")
        return cursor.fetchone()[0]


def test_an_engine_that_loses_its_connection_sends_nothing_until_its_leases_are_renewed():
    def cut_off() -> list[int]:
        end = "SELECT pg_terminate_backend(backend_pid) FROM webhooks_shard WHERE id = 0"
        with connection.cursor() as cursor:
            until(lambda: Shard.objects.exclude(backend_pid=None).count() == leases.SHARDS)
            before = Shard.objects.get(id=0).token
            cursor.execute(end)
            until(is_gone)
            # Well before it would renew them anyway.
            begun = time.monotonic()
            until(is_held)
            assert time.monotonic() - begun < leases.RENEWED_EVERY_SECONDS / 2
            after = Shard.objects.get(id=0).token
        connection.close()
        return [before, after]

    async def run() -> list[int]:
        running = Engine(is_lasting=True, poll_seconds=0.05)
        task = asyncio.create_task(running.run())
        found = await asyncio.to_thread(cut_off)
        running.stop()
        await task
        return found

    before, after = asyncio.run(run())

    assert before == after


def is_held() -> bool:
    """Return whether whoever holds shards is connected."""
    live = "SELECT count(*) FROM webhooks_shard s JOIN pg_stat_activity a ON a.pid = s.backend_pid"
    with connection.cursor() as cursor:
        cursor.execute(live)
        return int(cursor.fetchone()[0]) == leases.SHARDS


def test_an_engine_that_waits_is_told_of_what_is_due(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/"), "customer.created")

    async def hear() -> float:
        running = Engine(is_lasting=True, poll_seconds=60)
        task = asyncio.create_task(running.run())
        await asyncio.sleep(1)
        await asyncio.to_thread(tell)
        begun = time.monotonic()
        while not httpserver.log:
            await asyncio.sleep(0.005)
        running.stop()
        await task
        return time.monotonic() - begun

    def tell() -> None:
        an_event(platform)
        relayed()
        connection.close()

    took = asyncio.run(hear())

    assert took < 5
    assert Delivery.objects.get().status == "delivered"


def test_two_relays_at_once_fan_out_everything_once(httpserver):
    platform = a_platform()
    for path in "abc":
        an_endpoint(platform, httpserver.url_for(f"/{path}"), "*")
    for number in range(30):
        an_event(platform, f"cus_{number}")

    def carry() -> None:
        for _ in range(20):
            relay.run_once(at=now())
        connection.close()

    relays = [threading.Thread(target=carry) for _ in range(2)]
    for thread in relays:
        thread.start()
    for thread in relays:
        thread.join()
    relayed()

    assert Delivery.objects.count() == 90
    law = queries.conservation()
    assert (law.events, law.expected, law.holds) == (30, 90, True)


def test_a_batch_becomes_deliveries_with_one_statement(httpserver):
    platform = a_platform()
    for _ in range(8):
        an_endpoint(platform, httpserver.url_for("/"), "*")
    for number in range(20):
        an_event(platform, f"cus_{number}")

    # Otherwise another test's transaction may stand between the events, and part the batch.
    wait_for_the_horizon()

    with CaptureQueriesContext(connection) as queries_made:
        relayed()

    statements = [q["sql"] for q in queries_made if "INSERT INTO webhooks_delivery" in q["sql"]]
    assert len(statements) == 1
    assert Delivery.objects.count() == 160


@pytest.mark.parametrize("way", ["disabled", "deleted"])
def test_the_law_holds_when_an_endpoint_goes_away_midway(httpserver, way):
    httpserver.expect_request("/stays").respond_with_data("")
    httpserver.expect_request("/goes").respond_with_data("", status=500)
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/stays"), "*")
    goes = an_endpoint(platform, httpserver.url_for("/goes"), "*")
    for number in range(3):
        an_event(platform, f"cus_{number}")
    relayed()
    try_all()
    if way == "disabled":
        endpoints.update(tenant=platform, endpoint_id=goes.id, changes={"is_enabled": False})
    else:
        endpoints.delete(tenant=platform, endpoint_id=goes.id, at=now())
    an_event(platform, "cus_later")
    relayed()
    midway = queries.conservation()
    try_all(after=timedelta(minutes=1))

    end = queries.conservation()
    assert (midway.pending, midway.delivered, midway.holds) == (4, 3, True)
    assert (end.expected, end.delivered, end.canceled, end.pending) == (7, 4, 3, 0)
    assert end.holds


def test_the_law_notices_a_lost_delivery_and_an_event_that_was_passed_over(httpserver):
    platform = a_platform()
    delivery = a_due_delivery(platform, httpserver.url_for("/"))
    assert queries.conservation().holds

    event = Event.objects.get(id=delivery.event_id)
    late = an_event(platform, "cus_late")
    as_owner(f"UPDATE webhooks_event SET xid = {event.xid - 1} WHERE id = '{late.id}'")
    assert queries.conservation().events_there == 2
    assert not queries.conservation().holds

    as_owner(f"DELETE FROM webhooks_event WHERE id = '{late.id}'")
    assert queries.conservation().holds
    as_owner(f"DELETE FROM webhooks_delivery WHERE id = '{delivery.id}'")
    assert not queries.conservation().holds


def test_the_law_holds_in_any_closed_window(httpserver):
    platform = a_platform()
    a_due_delivery(platform, httpserver.url_for("/"))
    between = now()
    a_paid_intent(platform)
    relayed()

    before, after = queries.conservation(until=between), queries.conservation(since=between)

    assert (before.events, before.expected, before.holds) == (1, 1, True)
    assert after.events > 1
    assert (after.expected, after.holds) == (0, True)


def test_a_database_restored_into_another_cluster_is_noticed_and_rebased(httpserver):
    platform = a_platform()
    a_due_delivery(platform, httpserver.url_for("/"))
    RelayCursor.objects.update(system_identifier="another", xid=2**50)
    an_event(platform, "cus_2")

    with pytest.raises(relay.NeedsRebase, match="webhooks_relay_rebase"):
        relay.run_once(at=now())
    as_owner("SELECT webhooks_relay_rebase()")
    relayed()

    told = Delivery.objects.values_list("event__object_id", flat=True)
    assert sorted(told) == ["cus_1", "cus_2"]
    assert queries.conservation().holds


def test_a_batch_costs_the_same_however_much_waits_behind_it():
    """Statistics know nothing of what was written last: nothing may be sorted for each batch."""
    read = []
    for count in (300, 6_000):
        as_owner(
            "INSERT INTO webhooks_event (id, account_id, livemode, type, object_id, data, "
            "api_version, created_at, xid) SELECT "
            f"core_partition_bound('evt', now()) || to_char(n + {count}, 'FM0000000000000000'), "
            f"'acct_nobody', false, 'payout.paid', 'po_1', '{{}}', '', now(), {count} + n "
            f"FROM generate_series(1, {count}) n"
        )
        with CaptureQueriesContext(connection) as made:
            assert relay.run_once(at=now(), batch=100) >= 100
        asked = [one["sql"] for one in made]
        (horizon,) = [one for one in asked if "pg_control_system" in one]
        (statement,) = [one for one in asked if "webhooks_event" in one and "LIMIT 100" in one]
        with connection.cursor() as cursor, atomic():
            cursor.execute(horizon)
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
            plan = cursor.fetchone()[0][0]["Plan"]
        read.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    assert read[1] <= 1.5 * read[0], read
