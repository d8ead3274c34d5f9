"""Another's object is simply missing: on every route, in every body, cursor and expansion."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from connect.models import ApplicationFee, ApplicationFeeRefund, Transfer, TransferReversal
from connect.services import application_fees, reversals
from core.ids import new_id, prefix_of
from ledger.models import BalanceTransaction
from payments.models import Charge, Refund
from payments.services import customers, payment_methods, refunds
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from webhooks.models import Event
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "DELETE")
# What a POST must say to get past its own parameters.
BODIES = {
    "payment_methods/<str:method_id>/attach": {"customer": "cus_000000000000000000000000"},
}


@pytest.fixture
def theirs() -> dict[str, str]:
    """One real object of somebody else for each name that stands in a URL."""
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )  # fmt: skip
    transfer, fee = Transfer.objects.get(), ApplicationFee.objects.get()
    reversals.create(tenant=platform, transfer_id=transfer.id, amount=1_00, at=now())
    application_fees.refund(tenant=platform, fee_id=fee.id, amount=1_00, at=now())
    refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())
    customer = customers.create(tenant=platform, at=now())
    card = {"token": "tok_visa"}
    method = payment_methods.create(tenant=platform, card=card, at=now())
    endpoint, _ = endpoints.create(
        tenant=platform, url="https://example.com/", enabled_events=["*"], at=now()
    )
    return {
        "intent_id": intent.id,
        "charge_id": Charge.objects.get().id,
        "customer_id": customer.id,
        "method_id": method.id,
        "account_id": seller.account_id,
        "transfer_id": transfer.id,
        "reversal_id": TransferReversal.objects.get().id,
        "fee_id": fee.id,
        "transfers/refund_id": ApplicationFeeRefund.objects.get().id,
        "refund_id": Refund.objects.get().id,
        "id": BalanceTransaction.objects.filter(account_id=platform.account_id)[0].id,
        "event_id": Event.objects.filter(account_id=platform.account_id)[0].id,
        "endpoint_id": endpoint.id,
    }


@pytest.fixture
def stranger() -> str:
    return a_key(a_platform())


def routes() -> Iterator[tuple[str, type]]:
    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, type]]:
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "view_class"):
                yield here, pattern.callback.view_class

    for route, view in walk(get_resolver().url_patterns, ""):
        if route.startswith("v1/"):
            yield route.removeprefix("v1/"), view


WITH_ID = [
    (route, method)
    for route, view in routes()
    for method in METHODS
    if "<str:" in route and hasattr(view, method.lower())
]


def ask(key: str, method: str, path: str, **said: Any) -> Any:
    send = getattr(Client(), method.lower())
    headers = {"Authorization": f"Bearer {key}"}
    if method == "POST":
        return send(f"/v1/{path}", said, content_type="application/json", headers=headers)
    return send(f"/v1/{path}", query_params=said, headers=headers)


def filled(route: str, ids: dict[str, str]) -> str:
    def id_of(match: re.Match[str]) -> str:
        name = match[1]
        return ids.get(f"{route.split('/')[0]}/{name}", ids[name])

    return re.sub(r"<str:(\w+)>", id_of, route)


def test_the_walk_finds_the_routes():
    assert len(WITH_ID) >= 35


@pytest.mark.parametrize(("route", "method"), WITH_ID, ids=lambda value: str(value))
def test_a_strangers_key_sees_a_real_id_as_it_sees_a_missing_one(route, method, theirs, stranger):
    missing = {name: new_id(prefix_of(id)) for name, id in theirs.items()}
    body = BODIES.get(route, {}) if method == "POST" else {}

    real = ask(stranger, method, filled(route, theirs), **body)
    none = ask(stranger, method, filled(route, missing), **body)

    assert real.status_code == none.status_code == 404
    assert _without_ids(real.content) == _without_ids(none.content)
    assert real.json()["error"]["code"] == "resource_missing"


FOREIGN = [
    ("payment_intents", {"amount": 1000, "currency": "usd"}, "customer", "customer_id"),
    ("payment_intents", {"amount": 1000, "currency": "usd"}, "payment_method", "method_id"),
    ("refunds", {}, "charge", "charge_id"),
    ("refunds", {}, "payment_intent", "intent_id"),
    ("transfers", {"amount": 1, "currency": "usd"}, "destination", "account_id"),
    ("customers", {}, "payment_method", "method_id"),
]


@pytest.mark.parametrize(("path", "body", "param", "name"), FOREIGN)
def test_a_foreign_id_in_a_body_is_missing(path, body, param, name, theirs, stranger):
    answer = ask(stranger, "POST", path, **body, **{param: theirs[name]})
    none = ask(stranger, "POST", path, **body, **{param: new_id(prefix_of(theirs[name]))})

    assert answer.status_code == none.status_code == 400
    assert _without_ids(answer.content) == _without_ids(none.content)
    assert answer.json()["error"]["param"] == param


CURSORS = [
    ("payment_intents", "intent_id"), ("charges", "charge_id"), ("refunds", "refund_id"),
    ("customers", "customer_id"), ("payment_methods", "method_id"), ("accounts", "account_id"),
    ("transfers", "transfer_id"), ("application_fees", "fee_id"), ("events", "event_id"),
    ("balance_transactions", "id"), ("webhook_endpoints", "endpoint_id"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "name"), CURSORS)
def test_a_foreign_cursor_is_missing_and_foreign_rows_are_not_listed(path, name, theirs, stranger):
    for cursor in ("starting_after", "ending_before"):
        answer = ask(stranger, "GET", path, **{cursor: theirs[name]})
        assert answer.status_code == 400
        assert answer.json()["error"]["param"] == cursor

    assert ask(stranger, "GET", path).json()["data"] == []


def test_acting_on_a_foreign_account_is_forbidden(theirs, stranger):
    headers = {"Authorization": f"Bearer {stranger}"}
    real, none = (
        Client().get("/v1/balance", headers=headers | {"Stripe-Account": account})
        for account in (theirs["account_id"], new_id("acct"))
    )

    assert real.status_code == none.status_code == 403
    assert _without_ids(real.content) == _without_ids(none.content)


def _without_ids(body: bytes) -> bytes:
    return re.sub(rb"\b[a-z]+_[0-9A-Za-z]{24}\b", b"ID", body)
