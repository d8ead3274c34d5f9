"""What Prometheus reads, who may read it, and what it costs."""

import json
import logging
import os
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from urllib.parse import urlencode

import pytest
import yaml
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.celery import app
from config.launcher.home import ROOT
from config.logs import formatter
from config.monitoring import figures
from core import request_context
from core.database.transactions import atomic
from core.ids import new_id
from core.measuring import counters
from core.request_context import RequestContext, working_for
from ledger.audit import runs
from tests.factories import a_key, a_paid_intent, a_platform, now
from tests.rails import raising, simulator_with

TOKEN = "for-tests-0123456789-abcdefghijklm"
RULES = ROOT / "config" / "prometheus" / "rialto.rules.yaml"
PAGE = ROOT / "docs" / "reference" / "metrics.md"
PAY = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"}
FORM = "application/x-www-form-urlencoded"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("metrics")]


@pytest.fixture(autouse=True)
def _watched(settings):
    settings.MONITORING_TOKEN = TOKEN


def read(token=TOKEN):
    return Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})


def samples():
    found = {}
    for line in read().content.decode().splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def pay(key, **more):
    return Client().post(
        "/v1/payment_intents",
        urlencode(PAY | {"return_url": "https://example.com"} | more),
        content_type=FORM,
        headers={"Authorization": f"Bearer {key}"},
    )


def test_nobody_reads_them_while_there_is_no_token(settings):
    settings.MONITORING_TOKEN = ""

    assert read("").status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_whoever_has_another_token_is_refused(sent):
    answer = Client().get("/metrics", headers={"Authorization": sent})

    assert answer.status_code == 401
    assert "RIALTO_MONITORING_TOKEN" in answer.json()["error"]["message"]


def test_a_payment_is_counted_by_route_and_by_what_the_processor_made_of_it():
    key = a_key(a_platform())
    before = samples()

    assert pay(key).status_code == 200
    assert pay(key, payment_method="pm_card_visa_chargeDeclined").status_code == 402

    after = samples()

    def gained(name):
        return after.get(name, 0) - before.get(name, 0)

    of_route = 'rialto_requests_total{method="POST",route="/v1/payment_intents",status="%d"}'
    of_rail = 'rialto_processor_requests_total{account="simulator",action="charge",outcome="%s"}'
    assert [gained(of_route % status) for status in (200, 402)] == [1, 1]
    assert [gained(of_rail % word) for word in ("succeeded", "declined")] == [1, 1]
    assert gained('rialto_request_seconds_count{route="/v1/payment_intents"}') == 2


def test_what_is_in_an_address_makes_no_new_route():
    Client().get("/v1/payment_intents/pi_1234", headers={"Authorization": "Bearer nobody"})
    Client().get("/wp-login.php")

    routes = " ".join(samples())
    assert "pi_1234" not in routes
    assert "wp-login" not in routes
    assert 'route="(none)"' in routes


def test_a_page_is_counted_once_and_another_word_than_a_method_is_no_figure():
    page = 'rialto_requests_total{method="GET",route="/favicon.ico",status="200"}'
    before = samples()

    Client().get("/favicon.ico")
    Client().generic("BREW", "/favicon.ico")

    after = samples()
    assert after[page] - before.get(page, 0) == 1
    assert not [name for name in after if "BREW" in name]
    assert [name for name in after if 'method="(other)",route="/favicon.ico"' in name]


def test_other_processes_of_the_machine_are_added(folder):
    def count():
        return samples().get('rialto_delivery_attempts_total{outcome="accepted"}', 0)

    before = count()
    counters.note_attempt("accepted")
    script = (
        "import django; django.setup()\n"
        "from core.measuring import counters\n"
        "for _ in range(3): counters.note_attempt('accepted')"
    )
    env = os.environ | {"RIALTO_MONITORING_TOKEN": TOKEN, "RIALTO_METRICS_FOLDER": str(folder)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], env=env, cwd=ROOT, check=True)

    # And what they counted is not forgotten when they end.
    assert count() == before + 1 + 2 * 3


def test_counting_asks_the_database_nothing(settings):
    key = a_key(a_platform())
    asked = {}
    for token in (TOKEN, ""):
        settings.MONITORING_TOKEN = token
        for _ in range(4):
            assert pay(key).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            pay(key)
        asked[token] = len(captured)

    assert asked[TOKEN] == asked[""]


def test_tasks_that_wait_are_seen_by_queue(redis_of_the_worker):
    redis_of_the_worker.rpush("payments", "{}", "{}")

    assert samples()['rialto_queue_tasks{queue="payments"}'] == 2
    assert samples()['rialto_queue_tasks{queue="ledger"}'] == 0


def test_an_event_that_nobody_fans_out_gets_older():
    a_paid_intent(a_platform())

    assert samples()["rialto_relay_lag_seconds"] > 0


def test_money_of_which_nobody_knows_is_counted():
    platform = a_platform()
    with simulator_with(charge=raising(TimeoutError("no answer"))):
        a_paid_intent(platform)

    found = samples()
    assert found['rialto_unknown_outcomes{kind="payments"}'] == 1
    assert found['rialto_unknown_oldest_seconds{kind="payments"}'] > 0


def test_figures_that_cannot_be_had_are_named_and_the_others_told(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    found = samples()
    assert found['rialto_figures_known{figures="queues"}'] == 0
    assert found['rialto_figures_known{figures="database"}'] == 1
    assert found["rialto_database_connections_most"] > 0


def all_names():
    """Return every name that the metrics can have, and those that Prometheus makes of them."""
    told = read().content.decode()
    counted = {
        name + suffix
        for made in (getattr(counters._counters(), name) for name in counters.Counters.__slots__)
        for name, suffix in (
            (made._name, "_total" if made._type == "counter" else "_bucket"),
            (made._name, "_total" if made._type == "counter" else "_count"),
        )
    }
    asked = set(re.findall(r"^# TYPE (\S+) gauge", told, re.M))
    return counted | asked | {"rialto_books_findings", "rialto_books_checked_seconds"}


def test_each_alert_asks_for_what_is_there_and_says_what_to_do():
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    names = all_names()

    for rule in group["rules"]:
        used = set(re.findall(r"\brialto_[a-z_]+", rule["expr"]))
        assert used <= names, rule["alert"]
        assert used or rule["expr"].startswith("up{"), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert (ROOT / rule["annotations"]["runbook"]).exists(), rule["alert"]


def test_the_page_of_metrics_names_each():
    page = PAGE.read_text()

    assert {name.removesuffix("_bucket") for name in all_names()} <= set(
        re.findall(r"\brialto_[a-z_]+", page)
    ) | {name for name in all_names() if name.endswith("_count")}


def test_a_check_of_the_books_is_told():
    with atomic():
        runs.ask(by="", at=now())
    runs.make_asked(clock=now)

    found = samples()
    assert found["rialto_books_findings"] == 0
    assert 0 <= found["rialto_books_checked_seconds"] < timedelta(minutes=1).total_seconds()


@pytest.fixture
def lines():
    """What the programs write, as they write it."""
    output = StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter())
    logger = logging.getLogger("rialto.requests")
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in output.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_a_request_is_a_line_where_that_is_switched_on(settings, lines):
    key = a_key(a_platform())
    pay(key)
    assert lines() == []
    settings.ACCESS_LOG = True

    answer = pay(key)

    (line,) = lines()
    assert line["event"] == "POST /v1/payment_intents 200"
    assert line["route"] == "/v1/payment_intents"
    assert line["request_id"] == answer.headers["Request-Id"]
    assert line["milliseconds"] > 0
    assert key not in json.dumps(line)


def test_a_line_of_a_request_has_no_word_that_lets_in(settings, lines):
    settings.ACCESS_LOG = True

    Client().get("/c/cs_test_1/the-key?code=secret")

    written = json.dumps(lines())
    assert "/c/<str:session_id>/" in written
    assert "the-key" not in written
    assert "secret" not in written


def test_a_task_says_which_request_it_was_sent_for(redis_of_the_worker):
    with working_for(RequestContext(request_id="req_1")):
        app.send_task("payments.apply_notice", kwargs={"notice_id": new_id("inn")})

    (message,) = redis_of_the_worker.lrange("payments", 0, -1)
    assert json.loads(message)["headers"]["rialto_request"] == "req_1"


def test_what_a_task_writes_down_names_the_request_that_it_goes_back_to():
    seen = []

    @app.task(name="tests.looks")
    def looks():
        seen.append(request_context.cause())

    try:
        looks.apply(headers={"rialto_request": "req_2"})
        looks.apply()
    finally:
        del app.tasks["tests.looks"]

    assert seen == ["req_2", ""]
    assert request_context.cause() == ""
    assert samples()['rialto_tasks_total{state="success",task="tests.looks"}'] == 2


def test_every_figure_is_asked_for_with_few_queries():
    for name, ask in figures.ASKED.items():
        with CaptureQueriesContext(connection) as captured:
            list(ask())
        assert len(captured) <= 2, name
    assert configured.MONITORING_TOKEN == TOKEN
