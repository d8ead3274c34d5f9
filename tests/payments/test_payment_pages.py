"""A payment page from another origin asks with a publishable key, as its libraries do."""

import pytest
from django.test import Client

from payments.intents.services import payment_intents
from payments.setups.services import setup_intents
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_platform, now
from tests.tenancy.asking import routes

pytestmark = pytest.mark.django_db(transaction=True)

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 34, "cvc": "123"}
DATA = {"type": "card", "card": CARD}
PAGE = {
    "guid": "NA", "muid": "m-1", "sid": "s-1", "pasted_fields": "number", "time_on_page": 52_000,
    "payment_user_agent": "stripe.js/1", "referrer": "https://shop.example",
    "client_attribution_metadata": {"client_session_id": "c-1"},
}  # fmt: skip
FROM = {"Origin": "https://shop.example"}
FOR_PAGES = {
    ("tokens", "POST"), ("payment_methods", "POST"), ("confirmation_tokens", "POST"),
    ("payment_intents/<str:intent_id>", "GET"), ("setup_intents/<str:intent_id>", "GET"),
    ("payment_intents/<str:intent_id>/confirm", "POST"),
    ("setup_intents/<str:intent_id>/confirm", "POST"),
    ("setup_intents/<str:intent_id>/verify_microdeposits", "POST"), ("sources", "POST"),
    ("sources/<str:source_id>", "GET"), ("elements/sessions", "GET"),
    ("elements/payment_methods/<str:method_id>/detach", "POST"),
    ("elements/checkouts/<str:session_id>", "GET"),
    ("elements/checkouts/<str:session_id>", "POST"),
    ("elements/checkouts/<str:session_id>/confirm", "POST"),
}  # fmt: skip


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def key(platform):
    return a_key(platform, kind="publishable")


def an_intent(platform):
    return payment_intents.create(tenant=platform, amount=100_00, currency="usd", at=now())


def send(path, params, **headers):
    return Client().post(
        f"/v1/{path}", params, content_type="application/json", headers=FROM | headers
    )


def origin_of(answer):
    assert "Access-Control-Allow-Credentials" not in answer
    return answer.get("Access-Control-Allow-Origin")


def test_a_browser_may_send_what_publishable_keys_may_do_and_nothing_else():
    for route, view in routes():
        answer = Client().options(
            f"/v1/{route}", headers=FROM | {"Access-Control-Request-Method": "POST"}
        )
        allowed = answer.get("Access-Control-Allow-Methods", "")
        assert {(route, method) for method in allowed.split(", ") if method} == {
            (route, method) for name, method in FOR_PAGES if name == route
        }
        assert origin_of(answer) == ("*" if view.publishable else None), route
        if view.publishable:
            assert answer.status_code == 204
            assert {"Authorization", "Content-Type", "Idempotency-Key"} <= set(
                answer["Access-Control-Allow-Headers"].split(", ")
            )


def test_a_page_pays_with_its_key_among_the_parameters(platform, key):
    intent = an_intent(platform)
    params = {"client_secret": intent.client_secret, "key": key}

    token = send("confirmation_tokens", {"payment_method_data": DATA | PAGE, "key": key} | PAGE)
    made = send("payment_methods", DATA | PAGE | {"key": key})
    card = send("tokens", {"card": CARD, "key": key} | PAGE)
    done = send(
        f"payment_intents/{intent.id}/confirm",
        params | {"payment_method": made.json()["id"]} | PAGE,
    )
    read = Client().get(f"/v1/payment_intents/{intent.id}", params, headers=FROM)

    for answer in (token, made, card, done, read):
        assert answer.status_code == 200, answer.content
        assert origin_of(answer) == "*"
        assert "Request-Id" in answer["Access-Control-Expose-Headers"]
    assert token.json()["payment_method_preview"]["card"]["last4"] == "4242"
    assert read.json()["status"] == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_page_keeps_a_card_with_what_it_sends_along(platform, key):
    intent = setup_intents.create(tenant=platform, at=now())

    done = send(
        f"setup_intents/{intent.id}/confirm",
        {"client_secret": intent.client_secret, "payment_method_data": DATA | PAGE, "key": key},
    )

    assert (done.json()["status"], origin_of(done)) == ("succeeded", "*")


def test_a_page_can_read_why_it_was_refused(platform, key):
    intent = an_intent(platform)
    path = f"payment_intents/{intent.id}/confirm"

    declined = send(
        path,
        {"client_secret": intent.client_secret, "payment_method": "pm_card_chargeDeclined"},
        Authorization=f"Bearer {key}",
    )
    wrong = send(path, {"client_secret": "wrong", "key": key})
    keyless = send(path, {"client_secret": intent.client_secret})

    assert [answer.status_code for answer in (declined, wrong, keyless)] == [402, 404, 401]
    assert {origin_of(answer) for answer in (declined, wrong, keyless)} == {"*"}
    assert_books_balance()


def test_no_page_reads_an_answer_with_a_merchants_own_key(platform):
    secret = a_key(platform)
    intent = an_intent(platform)
    headers = FROM | {"Authorization": f"Bearer {secret}"}

    by_header = Client().get(f"/v1/payment_intents/{intent.id}", headers=headers)
    by_parameter = send("payment_methods", DATA | {"key": secret})
    elsewhere = Client().get("/v1/customers", {"key": secret}, headers=FROM)
    public = Client().get("/v1/customers", {"key": a_key(platform, kind="publishable")})

    assert (by_header.status_code, origin_of(by_header)) == (200, None)
    assert by_parameter.status_code == 401
    assert "publishable keys only" in by_parameter.json()["error"]["message"]
    assert secret not in by_parameter.content.decode()
    assert (elsewhere.status_code, origin_of(elsewhere)) == (401, None)
    assert public.status_code == 401


def test_a_page_makes_a_confirmation_token_of_nobodys_kept_card(platform, key):
    kept = send("payment_methods", DATA, Authorization=f"Bearer {a_key(platform)}").json()["id"]

    answer = send("confirmation_tokens", {"payment_method": kept, "key": key})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "payment_method")


def test_a_page_names_the_seller_it_sells_for_among_the_parameters(platform, key):
    stranger = a_platform().account_id

    answer = send("payment_methods", DATA | {"key": key, "_stripe_account": stranger})

    assert (answer.status_code, origin_of(answer)) == (403, "*")
