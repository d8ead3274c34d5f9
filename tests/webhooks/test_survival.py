"""Workers die, Redis forgets, endpoints go away, databases are restored: nothing is lost."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from werkzeug import Request, Response

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
from webhooks.models import Attempt, Delivery, Event, RelayCursor
from webhooks.services import deliveries, dispatch, endpoints, relay

pytestmark = pytest.mark.django_db(transaction=True)


def a_worker(delivery: Delivery) -> subprocess.Popen[bytes]:
    env = os.environ | {"DATABASE_URL": address_in_use("rialto_app")}
    return subprocess.Popen([sys.executable, "-m", "tests.webhooks.sending", delivery.id], env=env)


@pytest.mark.slow
@pytest.mark.parametrize("has_answered", [False, True], ids=["before", "after"])
def test_a_worker_killed_around_the_answer_is_noticed_at_the_next_sweep(httpserver, has_answered):
    workers: list[subprocess.Popen[bytes]] = []

    def answer(_: Request) -> Response:
        # The receiver has the event; that it answers will never be recorded.
        workers[0].kill()
        workers[0].wait(10)
        return Response("" if has_answered else "not yet", status=200 if has_answered else 500)

    httpserver.expect_oneshot_request("/").respond_with_handler(answer)
    httpserver.expect_request("/").respond_with_data("")
    delivery = a_due_delivery(a_platform(), httpserver.url_for("/"))
    workers.append(a_worker(delivery))
    assert workers[0].wait(30) == -9
    _until_its_connection_is_gone(delivery)

    assert deliveries.sweep(at=now() + dispatch.HINT_AGAIN_AFTER) == 1
    assert deliveries.deliver(delivery_id=delivery.id, at=now())

    # What another test's receiver answered slowly is written down late.
    heard = [request for request, _ in httpserver.log if request.data == delivery.body.encode()]
    first, second = heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == delivery.event_id
    delivery.refresh_from_db()
    assert delivery.status == "delivered"
    cut_off, done = Attempt.objects.order_by("number")
    assert "cut off" in cut_off.error
    assert (cut_off.status_code, done.status_code) == (None, 200)
    assert queries.conservation().holds


def _until_its_connection_is_gone(delivery: Delivery) -> None:
    pid = Delivery.objects.values_list("leased_by", flat=True).get(id=delivery.id)
    assert pid
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01), pid FROM pg_stat_activity WHERE pid = %s", [pid])
            if cursor.fetchone() is None:
                return
    raise AssertionError("The server did not notice.")


def test_nobody_takes_what_a_living_worker_holds(httpserver):
    inside, leave = threading.Event(), threading.Event()

    def answer(_: Request) -> Response:
        inside.set()
        leave.wait(10)
        return Response("")

    httpserver.expect_request("/").respond_with_handler(answer)
    delivery = a_due_delivery(a_platform(), httpserver.url_for("/"))

    def work() -> None:
        deliveries.deliver(delivery_id=delivery.id, at=now())
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(10)
    soon = now() + dispatch.HINT_AGAIN_AFTER
    handed_out = deliveries.sweep(at=soon)
    taken = deliveries.deliver(delivery_id=delivery.id, at=soon)
    leave.set()
    worker.join()

    assert (handed_out, taken) == (0, False)
    assert len(httpserver.log) == 1


def test_a_flushed_redis_costs_seconds_and_no_event(httpserver, redis_of_the_worker):
    httpserver.expect_request("/").respond_with_data("")
    a_due_delivery(a_platform(), httpserver.url_for("/"))
    assert redis_of_the_worker.llen("deliveries") == 1
    redis_of_the_worker.flushdb()

    at = now()
    assert deliveries.sweep(at=at + timedelta(seconds=6)) == 1

    assert redis_of_the_worker.llen("deliveries") == 1


def test_a_backlog_is_not_handed_out_over_and_over(httpserver):
    a_due_delivery(a_platform(), httpserver.url_for("/"))
    at = now() + timedelta(seconds=6)

    counts = [deliveries.sweep(at=at + timedelta(seconds=s)) for s in (0, 1, 4, 5, 9, 10)]

    assert counts == [1, 0, 0, 1, 0, 1]


def test_a_retry_is_handed_out_as_soon_as_it_is_due(httpserver):
    httpserver.expect_request("/").respond_with_data("", status=500)
    delivery = a_due_delivery(a_platform(), httpserver.url_for("/"))
    try_all()
    delivery.refresh_from_db()
    due = delivery.next_attempt_at
    assert due is not None

    assert deliveries.sweep(at=due - timedelta(seconds=1)) == 0
    assert deliveries.sweep(at=due) == 1


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
