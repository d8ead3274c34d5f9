"""A platform's payer pays a seller with the card that the platform keeps."""

import pytest
from django.test import Client

from payments.customers.services import customers
from payments.intents.services import payment_intents
from payments.methods.services import payment_methods
from payments.models import PaymentMethod
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_platform, a_seller, now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def seller(platform):
    return a_seller(platform)


def a_saved_card(platform, name="pm_card_visa"):
    customer = customers.create(tenant=platform, at=now()).id
    return payment_methods.attach(tenant=platform, method_id=name, customer_id=customer, at=now())


def copy(key, seller=None, *, retry=None, **params):
    headers = {"Authorization": f"Bearer {key}"}
    headers |= {"Stripe-Account": seller.account_id} if seller else {}
    headers |= {"Idempotency-Key": retry} if retry else {}
    return Client().post(
        "/v1/payment_methods", params, content_type="application/json", headers=headers
    )


def test_a_saved_card_is_copied_to_a_seller_and_pays_there(platform, seller):
    card = a_saved_card(platform, "pm_card_mastercard")
    key = a_key(platform)

    made = copy(
        key, seller, customer=card.customer_id, payment_method=card.id, metadata={"order": "7"}
    ).json()

    shown = {name: made["card"][name] for name in ("brand", "last4", "exp_month", "exp_year")}
    assert shown == {
        "brand": "mastercard",
        "last4": card.last4,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
    }
    assert (made["customer"], made["metadata"]) == (None, {"order": "7"})
    assert made["id"] != card.id
    copied = PaymentMethod.objects.get(id=made["id"])
    assert (copied.account_id, copied.livemode) == (seller.account_id, False)
    # Nobody can tell by it that two merchants have the same payer.
    assert copied.fingerprint != card.fingerprint
    paid = payment_intents.create(
        tenant=seller,
        amount=50_00,
        currency="usd",
        payment_method=made["id"],
        confirm=True,
        platform_id=platform.account_id,
        application_fee_amount=5_00,
        at=now(),
    )
    assert paid.status == "succeeded"
    assert (total(platform), total(seller)) == (5_00, 43_25)
    card.refresh_from_db()
    assert card.used_at is None
    assert_books_balance()


def test_the_same_request_again_copies_nothing_more(platform, seller):
    card, key = a_saved_card(platform), a_key(platform)

    first, second = (
        copy(key, seller, retry="once", customer=card.customer_id, payment_method=card.id).json()
        for _ in "ab"
    )

    assert first["id"] == second["id"]
    assert PaymentMethod.objects.filter(account_id=seller.account_id).count() == 1


@pytest.mark.parametrize(
    ("who", "param", "code"),
    [
        ("nobody", "customer", "parameter_missing"),
        ("another", "customer", None),
        ("a stranger", "customer", "resource_missing"),
        ("detached", "payment_method", "payment_method_unexpected_state"),
        ("a guest", "payment_method", "payment_method_unexpected_state"),
        ("a stranger's card", "payment_method", "resource_missing"),
        ("no account", "payment_method", None),
    ],
)
def test_only_the_customers_own_card_is_copied(platform, seller, who, param, code):
    card = a_saved_card(platform)
    params = {"customer": card.customer_id, "payment_method": card.id}
    if who == "nobody":
        del params["customer"]
    elif who == "another":
        params["customer"] = customers.create(tenant=platform, at=now()).id
    elif who == "a stranger":
        params["customer"] = customers.create(tenant=a_platform(), at=now()).id
    elif who == "detached":
        payment_methods.detach(tenant=platform, method_id=card.id, at=now())
    elif who == "a guest":
        params["payment_method"] = payment_methods.create(
            tenant=platform, card={"token": "tok_visa"}, at=now()
        ).id
    elif who == "a stranger's card":
        params["payment_method"] = a_saved_card(a_platform()).id
    before = PaymentMethod.objects.count()

    refused = copy(a_key(platform), None if who == "no account" else seller, **params)

    error = refused.json()["error"]
    assert (refused.status_code in (400, 404), error["param"]) == (True, param)
    assert error.get("code") == code
    assert PaymentMethod.objects.count() == before


def test_a_copy_has_no_number_of_its_own_and_a_new_method_no_customer(platform, seller):
    card = a_saved_card(platform)
    customer, number = card.customer_id, {"number": "4242424242424242"}

    both = copy(
        a_key(platform), seller, customer=customer, payment_method=card.id, type="card", card=number
    ).json()["error"]
    new = copy(a_key(platform), customer=customer, type="card", card=number).json()["error"]

    assert both["param"] == "card"
    assert (new["code"], new["param"]) == ("parameter_missing", "payment_method")
    assert PaymentMethod.objects.count() == 1


def test_a_page_copies_nothing(platform, seller):
    card = a_saved_card(platform)

    refused = copy(
        a_key(platform, kind="publishable"),
        seller,
        customer=card.customer_id,
        payment_method=card.id,
    )

    assert refused.status_code == 403
    assert PaymentMethod.objects.filter(account_id=seller.account_id).count() == 0


def test_somebody_elses_account_is_missing(platform):
    card, strangers = a_saved_card(platform), a_seller(a_platform())

    refused = copy(a_key(platform), strangers, customer=card.customer_id, payment_method=card.id)

    assert refused.status_code in (403, 404)
    assert PaymentMethod.objects.filter(account_id=strangers.account_id).count() == 0
