"""What a payer's browser or application reads of a merchant's objects, wherever they stand."""

import pytest
from django.test import Client

from payments.customers.services import customers
from payments.intents.services import payment_intents
from payments.methods.services import payment_methods
from payments.setups.services import setup_intents
from tests.books import assert_books_balance
from tests.factories import a_key, a_platform, a_seller, now

pytestmark = pytest.mark.django_db(transaction=True)

PRIVATE = {
    "application", "application_fee_amount", "customer", "fingerprint", "latest_charge", "mandate",
    "metadata", "on_behalf_of", "transfer_data", "transfer_group",
}  # fmt: skip
METADATA = {"margin": "31 %"}


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def key(platform):
    return a_key(platform, kind="publishable")


def an_intent(platform, **details):
    return payment_intents.create(
        tenant=platform,
        amount=100_00,
        currency="usd",
        at=now(),
        metadata=METADATA,
        customer_id=customers.create(tenant=platform, metadata=METADATA, at=now()).id,
        application_fee_amount=7_00,
        transfer_destination=a_seller(platform).account_id,
        transfer_group="ORDER_1",
        **details,
    )


def a_setup(platform, **details):
    customer = customers.create(tenant=platform, at=now()).id
    return setup_intents.create(
        tenant=platform, customer_id=customer, metadata=METADATA, at=now(), **details
    )


def ask(key, method, path, *, retry=None, **params):
    send = getattr(Client(), method.lower())
    headers = {"Authorization": f"Bearer {key}"} | ({"Idempotency-Key": retry} if retry else {})
    if method == "POST":
        return send(f"/v1/{path}", params, content_type="application/json", headers=headers)
    return send(f"/v1/{path}", query_params=params, headers=headers)


def names_in(value):
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set()


def confirmed(key, intent, *, retry=None, **params):
    kind = "setup_intents" if intent.id.startswith("seti_") else "payment_intents"
    params["client_secret"] = intent.client_secret
    return ask(key, "POST", f"{kind}/{intent.id}/confirm", retry=retry, **params)


@pytest.mark.parametrize("made", [an_intent, a_setup])
@pytest.mark.parametrize("fault", ["declined", "no method", "done already", "unknown method"])
def test_an_error_shows_a_publishable_key_no_more_of_an_intent_than_the_intent_itself(
    platform, key, made, fault
):
    intent = made(platform)
    card = "pm_card_chargeDeclined" if fault == "declined" else "pm_card_visa"
    params = {} if fault == "no method" else {"payment_method": card}
    if fault == "unknown method":
        params = {"payment_method": "pm_nobody"}
    if fault == "done already":
        confirmed(key, intent, **params)

    answer = confirmed(key, intent, retry="once", **params)
    again = confirmed(key, intent, retry="once", **params)

    assert answer.status_code in (400, 402)
    assert again.content == answer.content
    error = answer.json()["error"]
    assert PRIVATE.isdisjoint(names_in(error)), names_in(error) & PRIVATE
    if fault != "unknown method":
        shown = error.get("payment_intent") or error["setup_intent"]
        assert (shown["id"], shown["client_secret"]) == (intent.id, intent.client_secret)
    assert_books_balance()


@pytest.mark.parametrize("made", [an_intent, a_setup])
def test_an_answer_shows_a_publishable_key_what_a_payer_needs_expanded_too(platform, key, made):
    intent = made(platform)

    done = confirmed(key, intent, payment_method="pm_card_visa", expand=["payment_method"])
    kind = done.json()["object"]
    read = ask(
        key,
        "GET",
        f"{kind}s/{intent.id}",
        client_secret=intent.client_secret,
        **{"expand[]": "payment_method"},
    )

    assert done.status_code == read.status_code == 200
    for shown in (done.json(), read.json()):
        assert PRIVATE.isdisjoint(names_in(shown)), names_in(shown) & PRIVATE
        assert (shown["status"], shown["livemode"]) == ("succeeded", False)
        assert shown["payment_method"]["card"]["last4"] == "4242"
        assert shown["payment_method_types"]
    assert_books_balance()


def test_what_a_publishable_key_makes_shows_neither_fingerprint_nor_metadata(key):
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 34, "cvc": "123"}

    method = ask(key, "POST", "payment_methods", type="card", card=card).json()
    token = ask(key, "POST", "tokens", card=card).json()

    assert PRIVATE.isdisjoint(names_in(method) | names_in(token))
    assert (method["card"]["last4"], token["card"]["brand"]) == ("4242", "Visa")


def test_a_merchants_own_key_still_reads_everything(platform):
    intent = an_intent(platform)

    error = confirmed(a_key(platform), intent).json()["error"]

    assert error["payment_intent"]["application_fee_amount"] == 7_00
    assert error["payment_intent"]["metadata"] == METADATA
    assert_books_balance()


def test_a_customers_own_key_reads_the_customer_without_the_merchants_words(platform):
    customer = customers.create(
        tenant=platform, name="Ada", description="haggles", metadata=METADATA, at=now()
    ).id
    owner = a_key(platform)
    secret = ask(owner, "POST", "ephemeral_keys", customer=customer).json()["secret"]
    method = payment_methods.create(
        tenant=platform, card={"token": "tok_visa"}, metadata=METADATA, at=now()
    )
    attached = ask(secret, "POST", f"payment_methods/{method.id}/attach", customer=customer)
    shown = ask(secret, "GET", f"customers/{customer}").json()
    listed = ask(
        secret, "GET", "payment_methods", customer=customer, **{"expand[]": "data.customer"}
    ).json()

    assert attached.json()["customer"] == customer
    assert (shown["id"], shown["name"]) == (customer, "Ada")
    assert listed["data"][0]["customer"]["name"] == "Ada"
    for answer in (attached.json(), shown, listed):
        assert {"metadata", "description", "balance", "fingerprint"}.isdisjoint(names_in(answer))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("split", [{"destination": "{other}", "amount": 90_00}]),
        ("capture_method", "manual"),
        ("off_session", True),
        ("off_session", False),
        ("error_on_requires_action", True),
        ("payment_method_types", ["card"]),
        ("mandate", "mandate_1"),
    ],
)
def test_what_the_merchant_decides_no_payer_changes(platform, key, name, value):
    intent = payment_intents.create(tenant=platform, amount=100_00, currency="usd", at=now())
    if name == "split":
        value = [value[0] | {"destination": a_seller(platform).account_id}]

    answer = confirmed(key, intent, payment_method="pm_card_visa", **{name: value})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (403, "secret_key_required")
    assert error["param"] == name
    intent.refresh_from_db()
    assert intent.status == "requires_payment_method"
    assert_books_balance()


def test_a_payer_says_where_to_send_the_goods_and_the_receipt(platform, key):
    intent = payment_intents.create(tenant=platform, amount=100_00, currency="usd", at=now())

    done = confirmed(
        key,
        intent,
        payment_method="pm_card_visa",
        receipt_email="ada@example.com",
        shipping={"name": "Ada", "address": {"city": "London"}},
        return_url="https://shop.example",
        use_stripe_sdk=True,
    )

    assert (done.status_code, done.json()["shipping"]["name"]) == (200, "Ada")
    assert_books_balance()
