"""What the bench writes past the API, Rialto takes for payments and for sellers with money."""

import json
import re

import psycopg
import pytest
from django.test import Client

from config.bench import grown, payouts
from config.bench.webhooks import room, rows
from connect.models import Payout
from core.database.transactions import atomic
from core.tenant import Tenant
from payments.models import Refund
from payments.refunds.services import refunds
from tests.books import assert_ledger_balances
from tests.databases import address_in_use
from tests.factories import a_key, a_paid_intent, a_platform, now
from tests.webhooks.steps import an_endpoint, relayed, try_all
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)


def its_payments_are_copied(platform: Tenant, size: int) -> None:
    paid = a_paid_intent(platform, amount=2000)
    other = a_paid_intent(platform, amount=2000)
    refund = refunds.create(tenant=platform, intent_id=other.id, amount=100, at=now())
    ids = {
        "intent": paid.id,
        "charge": paid.latest_charge_id or "",
        "method": paid.payment_method_id or "",
        "refund": refund.id,
    }
    with psycopg.connect(address_in_use(), autocommit=True) as tables:
        grown.fill(tables, platform.account_id, ids, size)


def test_copies_of_a_payment_are_listed_retrieved_and_refunded_like_any_other():
    platform = a_platform()
    shop = Client(headers={"Authorization": f"Bearer {a_key(platform)}"})

    its_payments_are_copied(platform, 20)

    listed = shop.get("/v1/charges?limit=100").json()["data"]
    assert len(listed) == 22
    intent = shop.get(f"/v1/payment_intents/pi_{3:024}?expand[]=latest_charge").json()
    copy = intent["latest_charge"]
    assert copy["payment_intent"] == intent["id"]
    line = shop.get(f"/v1/balance_transactions/{copy['balance_transaction']}").json()
    assert (line["source"], line["net"]) == (copy["id"], 2000)
    params = {"charge": copy["id"]}
    back = shop.post("/v1/refunds", params, content_type="application/json").json()
    assert (back["status"], back["amount"]) == ("succeeded", 2000)
    assert_ledger_balances()


def test_one_payment_in_ten_has_a_refund():
    platform = a_platform()

    its_payments_are_copied(platform, 20)

    copies = Refund.objects.filter(id__startswith="re_000000").order_by("id")
    assert [copy.charge_id for copy in copies] == [f"ch_{10:024}", f"ch_{20:024}"]


def test_sellers_of_the_bench_are_each_paid_all_that_they_have():
    with psycopg.connect(address_in_use(), autocommit=True) as tables:
        payouts.run(tables, 4)

    paid = Payout.objects.values_list("account_id", "amount", "currency", "status")
    assert len({account for account, *_ in paid}) == 4
    assert [rest for _, *rest in paid] == 4 * [[10_00, "usd", "pending"]]
    assert_ledger_balances()


def test_webhooks_of_the_bench_are_delivered_like_any_other(httpserver):
    httpserver.expect_request(re.compile("/we_.*")).respond_with_data("")
    a_platform()
    with atomic():
        made = rows.make_endpoints([f"http://127.0.0.1:{httpserver.port}"] * 2)
        ids = rows.make_deliveries(made, count=4)

    try_all()

    assert set(Delivery.objects.values_list("status", "attempt_count")) == {("delivered", 1)}
    assert {json.loads(asked.data)["id"] for asked, _ in httpserver.log} == set(ids)


@pytest.mark.slow
def test_a_plain_payment_leaves_at_most_eight_kilobytes_after_thirty_days(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    an_endpoint(platform, httpserver.url_for("/"), "*")

    def settle() -> None:
        relayed()
        try_all()

    with psycopg.connect(address_in_use(), autocommit=True) as tables:
        found = room.measure(tables, pay=lambda: a_paid_intent(platform), settle=settle, count=150)

    assert found["after_a_month"] <= 8 * 1024, found
    assert found["of_webhooks"] <= 16 * 1024, found
    others = found["bytes"] - found["after_a_month"] - found["of_webhooks"]
    assert others >= -1, found
    assert not Delivery.objects.exclude(status="delivered").exists()
