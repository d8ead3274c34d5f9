"""Round trips decide the speed, so their number is fixed."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from connect.models import PayoutPrice
from connect.payouts.services import payouts, runs
from core.tenant import Tenant
from payments.intents.services import payment_intents
from payments.models import Dispute, Refund
from payments.refunds.services import refunds
from tests.factories import (
    a_bank_account,
    a_key,
    a_paid_intent,
    a_platform,
    a_seller,
    a_seller_with,
    now,
)
from tests.processors import accounts_there
from tests.processors.accounts_there import rule

pytestmark = pytest.mark.django_db(transaction=True)

PLAIN = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
_FINAL = {"payment_method": "pm_card_visa", "return_url": "https://example.com"}
# A statement is prepared when it comes again, which takes a round trip of its own.
_WARMING_UP = 4


class Shop:
    """A platform, and its requests."""

    def __init__(self) -> None:
        self.platform: Tenant = a_platform()
        self._key = a_key(self.platform)
        self._number = 0

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        return self._answer("post", path, params, {"Idempotency-Key": f"key-{self._number}"})

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._answer("get", path, params, {})

    def _answer(self, how: str, path: str, params: dict[str, Any], more: dict[str, str]) -> Any:
        headers = {"Authorization": f"Bearer {self._key}"} | more
        kind = {"content_type": "application/json"} if how == "post" else {}
        answer = getattr(Client(), how)(f"/v1/{path}", params, headers=headers, **kind)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def paid(self) -> str:
        return a_paid_intent(self.platform).id

    def held(self) -> str:
        return a_paid_intent(self.platform, capture_method="manual").id

    def open(self) -> str:
        return payment_intents.create(
            tenant=self.platform, amount=2000, currency="usd", at=now()
        ).id

    def charged(self) -> str:
        return a_paid_intent(self.platform).latest_charge_id or ""

    def disputed(self) -> str:
        intent = a_paid_intent(self.platform, payment_method="pm_card_createDispute")
        return Dispute.objects.get(charge_id=intent.latest_charge_id).id

    def refunded(self) -> str:
        return refunds.create(tenant=self.platform, intent_id=self.paid(), amount=10, at=now()).id

    def an_intent_refunded(self) -> str:
        return Refund.objects.get(id=self.refunded()).payment_intent_id or ""

    def customer(self) -> str:
        return str(self.post("customers", name="A")["id"])

    def set_up(self) -> str:
        return str(self.post("setup_intents", confirm=True, **_FINAL)["id"])


def round_trips(ask: Callable[[], object]) -> int:
    """Count what the driver really sends: Django's log tells of a BEGIN before there is one."""
    with tempfile.TemporaryFile("w+") as trace:
        connection.connection.pgconn.trace(trace.fileno())
        ask()
        connection.connection.pgconn.untrace()
        trace.seek(0)
        messages = [line.split("\t") for line in trace]
    # A statement of several lines is told in several lines.
    sent = [m[3].strip() for m in messages if len(m) > 3 and m[1] == "F"]
    return sum(name in ("Sync", "Query") for name in sent)


# Name → round trips, method, path, what is there before (an id for the path and the parameters),
# parameters.
_Before = Callable[[Shop], str | None]
_Call = tuple[int, str, str, _Before, dict[str, Any]]


def _nothing(_: Shop) -> None:
    """A new account."""


CALLS: dict[str, _Call] = {
    "create and confirm": (6, "post", "payment_intents", _nothing, PLAIN),
    "create": (4, "post", "payment_intents", _nothing, {"amount": 2000, "currency": "usd"}),
    "confirm": (9, "post", "payment_intents/{id}/confirm", Shop.open, _FINAL),
    "capture": (14, "post", "payment_intents/{id}/capture", Shop.held, {}),
    "cancel": (14, "post", "payment_intents/{id}/cancel", Shop.held, {}),
    "refund": (19, "post", "refunds", Shop.paid, {"payment_intent": "{id}"}),
    "set a card up": (11, "post", "setup_intents", _nothing, _FINAL | {"confirm": True}),
    "retrieve an intent": (2, "get", "payment_intents/{id}", Shop.paid, {}),
    "retrieve a charge": (2, "get", "charges/{id}", Shop.charged, {}),
    "retrieve a refund": (2, "get", "refunds/{id}", Shop.refunded, {}),
    "retrieve a customer": (2, "get", "customers/{id}", Shop.customer, {}),
    "retrieve a dispute": (2, "get", "disputes/{id}", Shop.disputed, {}),
    "retrieve a setup intent": (2, "get", "setup_intents/{id}", Shop.set_up, {}),
    "list intents": (2, "get", "payment_intents", Shop.paid, {}),
    # A seller's own, and those that it got of its platform.
    "list charges": (3, "get", "charges", Shop.paid, {}),
    "list refunds": (2, "get", "refunds", Shop.refunded, {}),
    "list disputes": (2, "get", "disputes", Shop.disputed, {}),
    "list customers": (2, "get", "customers", Shop.customer, {}),
    "list setup intents": (2, "get", "setup_intents", Shop.set_up, {}),
    "list charges of an intent": (2, "get", "charges", Shop.paid, {"payment_intent": "{id}"}),
    "list refunds of an intent": (
        2, "get", "refunds", Shop.an_intent_refunded, {"payment_intent": "{id}"},
    ),
    "search intents": (
        2, "get", "payment_intents/search", Shop.paid, {"query": "status:'succeeded'"},
    ),
    "search charges": (2, "get", "charges/search", Shop.paid, {"query": "status:'succeeded'"}),
    "search customers": (2, "get", "customers/search", Shop.customer, {"query": "name:'A'"}),
    "list balance transactions": (2, "get", "balance_transactions", Shop.paid, {}),
    "balance": (3, "get", "balance", Shop.paid, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_each_hot_call_takes_so_many_round_trips(name):
    expected, method, path, before, params = CALLS[name]
    shop = Shop()

    def prepared() -> Callable[[], object]:
        id = before(shop) or ""
        filled = {k: id if v == "{id}" else v for k, v in params.items()}
        return lambda: getattr(shop, method)(path.format(id=id), **filled)

    for _ in range(_WARMING_UP):
        prepared()()
    assert round_trips(prepared()) == expected


def test_a_payment_that_rules_send_somewhere_takes_no_more_round_trips():
    shop = Shop()
    accounts_there.add("second")
    in_euros = {"field": "currency", "operator": "is_one_of", "values": ["eur"]}
    accounts_there.publish(
        rule("cheap", "least_cost", conditions=[in_euros]),
        rule("even", "volume_split", "simulator", "second", strategy={"shares": [50, 50]}),
    )
    for _ in range(_WARMING_UP):
        shop.post("payment_intents", **PLAIN)

    assert round_trips(lambda: shop.post("payment_intents", **PLAIN)) == 6


LISTS: dict[str, dict[str, Any]] = {
    "payment_intents": {}, "charges": {}, "disputes": {}, "refunds": {}, "setup_intents": {},
    "customers": {},
    "payment_intents/search": {"query": "amount>1"},
    "charges/search": {"query": "amount>1"},
    "customers/search": {"query": "name:'A'"},
}  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_list_takes_no_more_round_trips(path):
    shop = Shop()

    def one_more() -> None:
        shop.disputed()
        shop.refunded()
        shop.set_up()
        shop.customer()

    for _ in range(_WARMING_UP):
        one_more()
        shop.get(path, limit=100, **LISTS[path])
    few = round_trips(lambda: shop.get(path, limit=1, **LISTS[path]))
    for _ in range(4):
        one_more()

    assert round_trips(lambda: shop.get(path, limit=100, **LISTS[path])) == few


def test_a_split_takes_one_more_to_look_at_the_seller():
    shop = Shop()
    split = PLAIN | {
        "transfer_data": {"destination": a_seller(shop.platform).account_id},
        "application_fee_amount": 200,
    }
    for _ in range(_WARMING_UP):
        shop.post("payment_intents", **split)
    assert round_trips(lambda: shop.post("payment_intents", **split)) == 7


@pytest.mark.parametrize(("method", "expected"), [("standard", 12), ("instant", 13)])
def test_a_payout_takes_so_many_round_trips(method, expected):
    shop = Shop()
    a_bank_account(shop.platform)

    def pay_out() -> object:
        return shop.post("payouts", amount=1_00, currency="usd", method=method)

    for _ in range(_WARMING_UP):
        a_paid_intent(shop.platform, payment_method="pm_card_bypassPending")
        pay_out()

    assert round_trips(pay_out) == expected


def test_the_fee_of_a_payout_takes_no_round_trip_of_its_own():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    PayoutPrice.objects.create(
        account_id=platform.account_id, livemode=False, currency="usd", bps=100
    )

    def pay_out() -> str | None:
        return payouts.create(
            tenant=seller, amount=1_00, currency="usd", method="instant", at=now()
        ).application_fee_id

    for _ in range(_WARMING_UP):
        assert pay_out()
    with_fee = round_trips(pay_out)
    PayoutPrice.objects.update(bps=0)

    assert pay_out() is None
    assert round_trips(pay_out) == with_fee


def test_a_run_takes_as_many_round_trips_for_each_seller():
    platform = a_platform()
    for _ in range(10):
        a_bank_account(a_seller_with(platform, 10_00))
    at = now() + timedelta(days=8)
    for _ in range(_WARMING_UP):
        runs.run_due(at=at, most=1)

    one = round_trips(lambda: runs.run_due(at=at, most=1))
    three = round_trips(lambda: runs.run_due(at=at, most=3))

    assert (three - one) / 2 == 12
