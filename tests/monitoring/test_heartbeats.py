"""Programs write that they work, and whoever stands still is found."""

import json
import os
import re
import time
from datetime import timedelta
from socket import gethostname

import pytest
from django.test import Client

from api import heartbeats
from api.models import Heartbeat
from config.celery import TASK_QUEUES, app
from config.cli import doctor
from config.launcher.problems import Problem
from config.monitoring import health
from config.monitoring.pulse import Pulse
from config.monitoring.standing_still import Pulses
from config.relay import Loop
from ledger.rollups import balance_rollups
from tests.factories import a_paid_intent, a_platform, now
from tests.rails import raising, simulator_with

TOKEN = "for-tests-0123456789-abcdefghijklm"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("metrics")]


def all_work():
    # The books of a test are as old as the template that they are copied from.
    balance_rollups.fold_once()
    for program in (*health.NEEDED, "web"):
        heartbeats.begin(program)


def seen_before(program, **ago):
    Heartbeat.objects.filter(program=program).update(seen_at=now() - timedelta(**ago))


def look(settings, token=TOKEN):
    settings.MONITORING_TOKEN = TOKEN
    return Client().get("/health", headers={"Authorization": f"Bearer {token}"})


def test_all_is_well_while_every_program_writes(settings):
    all_work()

    answer = look(settings)

    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "ok"
    assert set(answer.json()["checks"]) == set(health.LOOKS)
    assert {one["program"] for one in answer.json()["programs"]} == {*health.NEEDED, "web"}


def test_health_is_told_to_nobody_without_the_token(settings):
    assert look(settings, "wrong").status_code == 401
    settings.MONITORING_TOKEN = ""
    assert Client().get("/health").status_code == 404


@pytest.mark.parametrize("program", [*health.NEEDED, "web"])
def test_a_program_that_stands_still_is_named_with_its_age(settings, program):
    all_work()
    seen_before(program, minutes=5)

    answer = look(settings)
    ready = Client().get("/readyz")

    told = rf"{program} on {gethostname()} \(process {os.getpid()}\) was last seen 3\d\d s ago"
    assert answer.status_code == 503
    assert re.fullmatch(told, answer.json()["checks"]["programs"]["detail"])
    assert answer.json()["checks"]["programs"]["seconds"] >= 300
    # Payments go on: no proxy is to send them elsewhere for that.
    assert ready.status_code == 200
    assert re.fullmatch(told, ready.json()["programs"])
    with pytest.raises(Problem, match="last seen"):
        doctor._look("programs")


def test_a_program_that_never_ran_is_named(settings):
    all_work()
    Heartbeat.objects.filter(program="worker ledger").delete()

    checks = look(settings).json()["checks"]

    assert checks["programs"]["detail"] == "worker ledger was never seen"


def test_one_of_several_that_stands_still_is_found_though_the_others_work():
    all_work()
    row = Heartbeat.objects.get(program="web")
    Heartbeat.objects.create(
        id="web@elsewhere.7",
        program="web",
        host="elsewhere",
        process=7,
        started_at=row.started_at,
        seen_at=now() - timedelta(seconds=90),
    )

    assert "web on elsewhere (process 7)" in health.programs().detail


def test_whoever_takes_the_place_of_a_process_that_is_gone_lets_it_be_forgotten():
    gone = 2**22 + 1
    for host in (gethostname(), "elsewhere"):
        Heartbeat.objects.create(
            id=f"relay@{host}.{gone}",
            program="relay",
            host=host,
            process=gone,
            started_at=now(),
            seen_at=now(),
        )

    heartbeats.begin("relay")

    # Of another machine nobody here knows whether it lives.
    assert {(one.host, one.process) for one in heartbeats.all_seen()} == {
        (gethostname(), os.getpid()),
        ("elsewhere", gone),
    }


def test_what_nobody_has_seen_for_a_day_is_forgotten():
    heartbeats.begin("beat")
    seen_before("beat", hours=25)

    heartbeats.begin("relay")

    assert [one.program for one in heartbeats.all_seen()] == ["relay"]


def test_an_event_that_waits_and_money_of_which_nobody_knows_are_told(settings):
    all_work()
    with simulator_with(charge=raising(TimeoutError("no answer"))):
        a_paid_intent(a_platform())
    # Ages are told in tenths of a second.
    time.sleep(0.1)

    checks = look(settings).json()["checks"]

    assert checks["relay"]["seconds"] > 0
    assert "1 payments and 0 payouts" in checks["unknown"]["detail"]
    assert checks["unknown"]["status"] == "ok"


def test_the_relay_shows_that_it_works_by_its_own_rounds(settings, tmp_path):
    settings.PULSE_FOLDER = str(tmp_path / "pulses")

    class Once(Loop):
        def round(self):
            self.stop()
            return 0

    Once().run()

    assert [one.program for one in heartbeats.all_seen()] == ["relay"]
    assert (tmp_path / "pulses" / f"relay.{os.getpid()}").exists()


def test_a_pulse_asks_the_database_once_in_a_while_only(django_assert_num_queries):
    pulse = Pulse("relay")
    pulse.beat()

    with django_assert_num_queries(0):
        for _ in range(100):
            pulse.beat()


def test_a_file_that_nobody_touches_is_found_once(tmp_path):
    pulses, file = Pulses(tmp_path, seconds=3), tmp_path / f"beat.{os.getpid()}"
    file.touch()
    found = [
        (at, still.name, still.process)
        for at in range(10)
        for still in pulses.standing_still(float(at))
    ]

    assert found == [(4, "beat", os.getpid())]
    assert not file.exists()


def test_a_file_that_is_touched_is_of_a_program_that_works(tmp_path):
    pulses, file = Pulses(tmp_path, seconds=3), tmp_path / f"beat.{os.getpid()}"
    for at in range(10):
        file.touch()
        os.utime(file, (at, at))
        assert list(pulses.standing_still(float(at))) == []


def test_whoever_slept_ends_nobody(tmp_path):
    pulses = Pulses(tmp_path, seconds=3)
    (tmp_path / f"beat.{os.getpid()}").touch()

    assert [list(pulses.standing_still(at)) for at in (0.0, 100.0, 101.0)] == [[], [], []]


def test_the_file_of_a_process_that_is_gone_is_no_news(tmp_path):
    pulses, file = Pulses(tmp_path, seconds=3), tmp_path / f"beat.{2**22 + 1}"
    file.touch()

    assert list(pulses.standing_still(0.0)) == []
    assert not file.exists()


def test_workers_are_asked_by_each_queue(redis_of_the_worker):
    entries = {name: entry for name, entry in app.conf.beat_schedule.items() if "pulse" in name}

    assert {entry["options"]["queue"] for entry in entries.values()} == set(TASK_QUEUES)
    for entry in entries.values():
        app.send_task(entry["task"], **entry["options"])
    for queue in TASK_QUEUES:
        (message,) = redis_of_the_worker.lrange(queue, 0, -1)
        sent = json.loads(message)
        assert sent["headers"]["task"] == "config.pulse"
        assert sent["properties"]["delivery_info"]["routing_key"] == queue
