"""Whatever the published description expands, expands: to an object, a list, or null."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from connect.payouts.services import negative_balances
from ledger.models import BalanceTransaction
from payments.customers.services import customers
from payments.methods.services import payment_methods
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import a_key, a_paid_intent, a_platform, a_seller_who_owes, now

pytestmark = pytest.mark.django_db


def get(key, path, *paths, **params):
    answer = Client().get(
        f"/v1/{path}",
        query_params={**params, "expand[]": list(paths)},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_every_source_of_a_platforms_lines_is_expanded_while_a_seller_owes():
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    a_seller_who_owes(platform, 40_00)
    negative_balances.reserve_and_cover(at=now())
    reserve = BalanceTransaction.objects.get(type="reserve_transaction")

    lines = get(a_key(platform), "balance_transactions", "data.source", limit=100)["data"]

    assert all(isinstance(line["source"], dict) for line in lines)
    kinds = {line["source"]["object"] for line in lines}
    assert kinds >= {"charge", "transfer", "refund", "reserve_transaction"}
    (source,) = [line["source"] for line in lines if line["id"] == reserve.id]
    assert (source["id"], source["amount"]) == (reserve.source, reserve.amount)
    assert_books_balance()


def test_what_customers_do_not_have_here_expands_to_nothing():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now()).id
    gone = customers.create(tenant=platform, at=now()).id
    customers.delete(tenant=platform, customer_id=gone, at=now())
    key = a_key(platform)
    fields = (
        "sources",
        "subscriptions",
        "tax_ids",
        "tax",
        "cash_balance",
        "invoice_credit_balance",
        "default_source",
    )

    (shown,) = get(key, "customers", *(f"data.{field}" for field in fields))["data"]

    for field in ("sources", "subscriptions", "tax_ids"):
        assert (shown[field]["data"], shown[field]["has_more"]) == ([], False)
        assert get(key, shown[field]["url"].removeprefix("/v1/"))["data"] == []
    assert shown["tax"]["automatic_tax"] == "not_collecting"
    assert (shown["cash_balance"], shown["default_source"]) == (None, None)
    assert shown["invoice_credit_balance"] == {}
    assert shown["id"] == customer
    deleted = {"id": gone, "object": "customer", "deleted": True}
    assert get(key, f"customers/{gone}", *fields) == deleted


def test_a_refund_shows_who_and_what_had_paid():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now()).id
    card = payment_methods.attach(
        tenant=platform, method_id="pm_card_visa", customer_id=customer, at=now()
    ).id
    hers = a_paid_intent(platform, customer_id=customer, payment_method=card)
    nobodys = a_paid_intent(platform)
    for intent in (hers, nobodys):
        refunds.create(tenant=platform, intent_id=intent.id, at=now())
    key = a_key(platform)
    paths = ("data.customer", "data.payment_method", "data.charge.transfer")

    with CaptureQueriesContext(connection) as spent:
        of_nobody, of_her = get(key, "refunds", *paths)["data"]

    assert (of_her["customer"]["id"], of_her["payment_method"]["id"]) == (customer, card)
    assert of_nobody["customer"] is None
    assert of_nobody["payment_method"]["id"] == nobodys.payment_method_id
    assert of_nobody["charge"]["transfer"] is None
    for more in ({}, {"customer_id": customer, "payment_method": card}):
        refunds.create(tenant=platform, intent_id=a_paid_intent(platform, **more).id, at=now())
    with CaptureQueriesContext(connection) as spent_on_twice_as_many:
        get(key, "refunds", *paths)
    assert len(spent) == len(spent_on_twice_as_many)
    unexpanded = get(key, "refunds")["data"]
    assert [(row["customer"], row["payment_method"]) for row in unexpanded[-2:]] == [
        (None, nobodys.payment_method_id),
        (customer, card),
    ]
    assert_books_balance()
