"""A platform collects from its sellers what they owe it, within what they have."""

import json

import pytest
from django.test import Client

from accounts.models import Account
from connect.models import SellerPayment, Transfer, TransferReversal
from ledger.models import BalanceTransaction
from tests.books import assert_books_balance, total, usable
from tests.factories import a_key, a_paid_intent, a_platform, a_seller_with
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def seller(platform):
    return a_seller_with(platform, 100_00)


@pytest.fixture
def ask(platform):
    def asking(path, params, status=200, *, on=None, key=None):
        headers = {"Authorization": f"Bearer {key or a_key(platform)}"}
        if on:
            headers["Stripe-Account"] = on.account_id
        answer = Client().post(
            f"/v1/{path}", params, content_type="application/json", headers=headers
        )
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    return asking


def a_debit(platform, amount=30_00, **more):
    return {"amount": amount, "currency": "usd", "destination": platform.account_id} | more


def test_a_debit_is_a_transfer_of_the_seller_and_a_payment_to_the_platform(platform, seller, ask):
    had = usable(platform)

    debit = ask("transfers", a_debit(platform, description="Rent"), on=seller)

    assert (usable(platform), usable(seller)) == (had + 30_00, 70_00)
    assert (debit["object"], debit["destination"]) == ("transfer", platform.account_id)
    payment = SellerPayment.objects.get(id=debit["destination_payment"])
    assert (payment.account_id, payment.amount) == (platform.account_id, 30_00)
    lines = BalanceTransaction.objects.filter(source__in=[debit["id"], payment.id])
    assert {(line.account_id, line.type, line.net) for line in lines} == {
        (seller.account_id, "transfer", -30_00),
        (platform.account_id, "payment", 30_00),
    }
    told = Event.objects.filter(type__in=["transfer.created", "payment.created"])
    assert {(one.type, one.account_id) for one in told} >= {
        ("transfer.created", seller.account_id),
        ("payment.created", platform.account_id),
    }
    assert_books_balance()


def test_a_debit_takes_no_more_than_the_seller_has(platform, seller, ask):
    a_paid_intent(platform, transfer_destination=seller.account_id)
    had = total(platform)

    refused = ask("transfers", a_debit(platform, 100_01), 400, on=seller)

    assert refused["error"]["code"] == "balance_insufficient"
    assert (total(platform), usable(seller)) == (had, 100_00)
    ask("transfers", a_debit(platform, 100_00), on=seller)
    assert usable(seller) == 0
    assert_books_balance()


@pytest.mark.parametrize(
    ("more", "param"),
    [({"currency": "eur"}, "currency"), ({"source_transaction": "ch_1"}, "source_transaction")],
)
def test_a_debit_is_in_the_sellers_currency_and_out_of_its_balance(
    platform, seller, ask, more, param
):
    refused = ask("transfers", a_debit(platform, **more), 400, on=seller)

    assert refused["error"]["param"] == param
    assert usable(seller) == 100_00


def test_only_sellers_whose_losses_one_bears_are_debited(platform, seller, ask):
    controller = Account.objects.get(id=seller.account_id).controller
    Account.objects.filter(id=seller.account_id).update(
        controller=controller | {"losses": {"payments": "stripe"}}
    )

    refused = ask("transfers", a_debit(platform), 400, on=seller)

    assert "losses" in refused["error"]["message"]
    assert usable(seller) == 100_00
    assert_books_balance()


def test_nobody_else_debits_a_seller(platform, seller, ask):
    stranger = a_platform()
    known = Transfer.objects.count()

    # Its own key sees no such destination, and neither does another platform.
    own = ask("transfers", a_debit(platform), 400, key=a_key(seller))
    other = ask("transfers", a_debit(stranger), 400, on=seller)
    outside = ask("transfers", a_debit(stranger), 403, on=seller, key=a_key(stranger))

    assert own["error"]["code"] == other["error"]["code"] == "resource_missing"
    assert "error" in outside
    assert (usable(seller), Transfer.objects.count()) == (100_00, known)


def test_only_the_platform_gives_a_debit_back(platform, seller, ask):
    had = usable(platform)
    debit = ask("transfers", a_debit(platform), on=seller)
    path = f"transfers/{debit['id']}/reversals"

    refused = ask(path, {}, 400, key=a_key(seller))
    assert "alone can give it back" in refused["error"]["message"]
    assert not TransferReversal.objects.exists()

    ask(path, {"amount": 10_00}, on=seller)
    assert (usable(platform), usable(seller)) == (had + 20_00, 80_00)
    assert_books_balance()


def test_a_platform_sees_what_it_collected_among_its_charges(platform, seller, ask):
    debit = ask("transfers", a_debit(platform), on=seller)

    answer = (
        Client().get("/v1/charges", headers={"Authorization": f"Bearer {a_key(platform)}"}).json()
    )

    assert answer["data"][0]["id"] == debit["destination_payment"]
    assert len(answer["data"]) == 2


def test_a_debit_asked_for_twice_with_one_key_is_made_once(platform, seller):
    headers = {
        "Authorization": f"Bearer {a_key(platform)}",
        "Stripe-Account": seller.account_id,
        "Idempotency-Key": "rent-may",
    }
    answers = [
        Client()
        .post("/v1/transfers", a_debit(platform), content_type="application/json", headers=headers)
        .json()
        for _ in range(2)
    ]

    assert answers[0]["id"] == answers[1]["id"]
    assert usable(seller) == 70_00


def test_a_platform_does_not_debit_itself(platform, ask):
    refused = ask("transfers", a_debit(platform), 400)

    assert refused["error"]["code"] == "resource_missing"
    assert not Transfer.objects.exists()
