"""What merchants see and decide of payments that came too late, over the API."""

from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from core import request_context
from core.request_context import RequestContext
from ledger.models import BalanceTransaction
from payments.models import Charge, UnappliedPayment
from payments.unapplied import resources
from payments.unapplied.services import merchant_decisions
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_platform, now
from tests.payments.lateness import a_late_payment, an_expired_code, in_suspense
from tests.payments.scanning import time_passes
from tests.payments.test_races import all_at_once_each
from tests.tenancy.asking import ask
from tests.truth import assert_the_processor_agrees
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "unapplied_payments"


@pytest.fixture
def platform():
    return a_platform(country="TH")


@pytest.fixture
def key(platform):
    return a_key(platform)


def decide(key, row, what, **headers):
    path, kind = f"/v1/{PATH}/{row.id}/{what}", "application/json"
    return Client().post(
        path, {}, content_type=kind, headers={"Authorization": f"Bearer {key}", **headers}
    )


def test_a_merchant_sees_what_came_too_late_for_its_charges(platform, key):
    first, second = a_late_payment(platform), a_late_payment(platform)
    a_late_payment(a_platform(country="TH"))
    decide(key, second, "refund")

    listed = ask(key, "GET", PATH).json()
    one = ask(key, "GET", f"{PATH}/{first.id}").json()

    assert (listed["object"], listed["url"]) == ("list", f"/v1/{PATH}")
    assert [row["id"] for row in listed["data"]] == [second.id, first.id]
    assert one.keys() == resources.UnappliedPaymentObject.__annotations__.keys()
    assert (one["amount"], one["currency"], one["status"]) == (1_000_00, "thb", "open")
    wanted = {"charge": first.charge_id, "payment_intent": one["payment_intent"], "status": "open"}
    for name, value in wanted.items():
        found = ask(key, "GET", PATH, **{name: value}).json()["data"]
        assert [row["id"] for row in found] == [first.id]
    page = ask(key, "GET", PATH, limit=1, starting_after=second.id).json()
    assert ([row["id"] for row in page["data"]], page["has_more"]) == ([first.id], False)
    assert ask(key, "GET", PATH, status="lost").json()["error"]["param"] == "status"


def test_a_longer_list_asks_the_database_no_more(platform, key):
    counts = []
    for _ in range(2):
        a_late_payment(platform)
        with CaptureQueriesContext(connection) as queries:
            ask(key, "GET", PATH)
        counts.append(len(queries))

    assert counts == [2, 2]


def test_it_goes_back_to_the_payer_once_however_often_it_is_asked_for(platform, key):
    row = a_late_payment(platform)

    first = decide(key, row, "refund", **{"Idempotency-Key": "back"})
    again = decide(key, row, "refund", **{"Idempotency-Key": "back"})
    other = decide(key, row, "apply")

    assert (first.status_code, first.json()["status"]) == (200, "returned")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    error = other.json()["error"]
    assert (other.status_code, error["type"]) == (400, "invalid_request_error")
    assert "is returned" in error["message"]
    assert SimulatedRequest.objects.filter(action="refund").count() == 1
    assert Charge.objects.get().amount_refunded == 0
    event = Event.objects.filter(type="unapplied_payment.updated").order_by("created_at").first()
    assert (event.request_id, event.idempotency_key) == (first["Request-Id"], "back")
    (trace,) = AuditEvent.objects.filter(action="unapplied_payment.returned")
    assert (trace.actor_kind, trace.target_id) == ("api", row.id)
    assert (in_suspense(platform), total(platform, "thb")) == (0, 0)
    assert_the_processor_agrees()
    assert_books_balance()


def test_it_is_the_merchants_who_has_delivered_all_the_same(platform, key):
    row = a_late_payment(platform)

    shown = ask(key, "POST", f"{PATH}/{row.id}/apply", expand=["charge"]).json()

    line = BalanceTransaction.objects.get(id=shown["balance_transaction"])
    assert (shown["status"], line.amount, line.fee) == ("applied", 1_000_00, 0)
    assert (shown["charge"]["id"], shown["charge"]["status"]) == (row.charge_id, "failed")
    assert ask(key, "POST", f"{PATH}/{row.id}/refund").status_code == 400
    assert (in_suspense(platform), total(platform, "thb")) == (0, 1_000_00)
    assert_the_processor_agrees()
    assert_books_balance()


def test_two_that_decide_at_once_decide_once(platform, key):
    row = a_late_payment(platform)
    works = [partial(decide, key, row, what) for what in ("refund", "apply") * 2]

    answers = all_at_once_each(*works)

    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    assert in_suspense(platform) == 0
    assert_the_processor_agrees()
    assert_books_balance()


@pytest.mark.parametrize("what", ["refund", "apply"])
def test_another_amount_than_was_asked_for_is_left_to_whoever_runs_rialto(platform, key, what):
    an_expired_code(platform)
    asked = SimulatedRequest.objects.get()
    asked.outcome["amount"] = 999_00
    asked.save()
    time_passes(60)
    row = UnappliedPayment.objects.get()

    error = decide(key, row, what).json()["error"]

    assert error["message"].startswith("1,000.00 THB was asked for, and 999.00 THB came")
    assert UnappliedPayment.objects.get().status == "open"
    assert in_suspense(platform) == 999_00
    assert_books_balance()


@pytest.mark.parametrize(("what", "status"), [("give_back", "returned"), ("apply", "applied")])
def test_a_request_that_was_cut_off_says_what_has_become_of_it(platform, what, status):
    row = a_late_payment(platform)
    run = getattr(merchant_decisions, what)
    run(tenant=platform, unapplied_id=row.id, at=now())

    with request_context.working_for(RequestContext(is_recovery=True)):
        again = run(tenant=platform, unapplied_id=row.id, at=now())

    assert again.status == status
    assert in_suspense(platform) == 0
    assert_books_balance()


def test_a_key_that_may_only_read_charges_decides_nothing(platform):
    row = a_late_payment(platform)
    reads = a_key(platform, kind="restricted", permissions={"charges": "read"})

    assert ask(reads, "GET", f"{PATH}/{row.id}").status_code == 200
    assert decide(reads, row, "refund").status_code == 403
    assert in_suspense(platform) == 1_000_00
    assert_books_balance()
