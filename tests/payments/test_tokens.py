"""Cards come as tokens, as confirmation tokens, and with the request that uses them."""

from datetime import timedelta

import pytest
from django.test import Client

from core.errors import CardError, InvalidRequest, Missing
from payments.intents.services import confirmation_tokens, payment_intents
from payments.methods.services import payment_methods, tokens
from payments.models import ConfirmationToken, PaymentMethod, Token
from payments.setups.services import setup_intents
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db

CARD = {"number": "4242 4242 4242 4242", "exp_month": 12, "exp_year": 34, "cvc": "123"}
DATA = {"type": "card", "card": CARD}


def a_token(platform, **card):
    return tokens.create(
        tenant=platform, card=CARD | card, billing_details={"name": "Ada"}, at=now()
    )


def a_confirmation_token(platform, **details):
    wanted = {"payment_method": dict(DATA), "return_url": "https://shop.example/done"} | details
    return confirmation_tokens.create(tenant=platform, at=now(), **wanted)


def test_a_token_becomes_one_payment_method_and_no_second():
    platform = a_platform()
    token = a_token(platform, number="5555555555554444")

    card = {"token": token.id}
    method = payment_methods.create(tenant=platform, card=card, at=now())

    assert (method.brand, method.last4, method.exp_year) == ("mastercard", "4444", 2034)
    assert method.billing_details == {"name": "Ada"}
    assert Token.objects.get().used_at is not None
    with pytest.raises(InvalidRequest) as refused:
        payment_methods.create(tenant=platform, card=card, at=now())
    assert refused.value.code == "token_already_used"
    assert PaymentMethod.objects.count() == 1


def test_somebody_elses_token_is_missing():
    token = a_token(a_platform())

    with pytest.raises(Missing):
        payment_methods.create(tenant=a_platform(), card={"token": token.id}, at=now())

    assert Token.objects.get().used_at is None


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"exp_year": 2001}, "invalid_expiry_year"),
        ({"cvc": "1"}, "invalid_cvc"),
        ({"number": "4111111111111111"}, "card_declined"),
    ],
)
def test_a_card_that_cannot_be_makes_no_token(card, code):
    with pytest.raises(CardError) as refused:
        a_token(a_platform(), **card)

    assert refused.value.code == code
    assert Token.objects.count() == 0


def test_what_the_payer_types_in_is_charged_with_the_intent():
    platform = a_platform()

    intent = a_paid_intent(platform, payment_method=dict(DATA))

    assert intent.status == "succeeded"
    assert PaymentMethod.objects.get().exp_year == 2034
    with pytest.raises(CardError):
        a_paid_intent(platform, payment_method={"type": "card", "card": CARD | {"cvc": "x"}})
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_confirmation_token_confirms_once_with_all_that_the_payer_gave():
    platform = a_platform()
    token = a_confirmation_token(
        platform, setup_future_usage="off_session", shipping={"name": "Ada", "address": {}}
    )
    intent = payment_intents.create(tenant=platform, amount=100_00, currency="usd", at=now())

    paid = payment_intents.confirm(
        tenant=platform, intent_id=intent.id, confirmation_token=token.id, at=now()
    )

    paid.refresh_from_db()
    assert (paid.status, paid.setup_future_usage) == ("succeeded", "off_session")
    assert (paid.shipping["name"], paid.return_url) == ("Ada", "https://shop.example/done")
    assert ConfirmationToken.objects.get().intent_id == intent.id
    with pytest.raises(InvalidRequest) as refused:
        a_paid_intent(platform, payment_method=None, confirmation_token=token.id)
    assert refused.value.param == "confirmation_token"
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_confirmation_token_works_with_create_and_with_setups():
    platform = a_platform()

    paid = a_paid_intent(
        platform, payment_method=None, confirmation_token=a_confirmation_token(platform).id
    )
    kept = setup_intents.create(
        tenant=platform,
        confirm=True,
        confirmation_token=a_confirmation_token(platform).id,
        at=now(),
    )

    assert (paid.status, kept.status) == ("succeeded", "succeeded")
    assert kept.return_url == "https://shop.example/done"


def test_a_confirmation_token_that_is_old_or_somebody_elses_is_refused():
    platform = a_platform()
    token = a_confirmation_token(platform)
    late = now() + timedelta(hours=12)
    wanted = {"amount": 100_00, "currency": "usd", "confirmation_token": token.id}

    with pytest.raises(InvalidRequest):
        payment_intents.create(tenant=platform, confirm=True, at=late, **wanted)
    with pytest.raises(Missing):
        payment_intents.create(tenant=a_platform(), confirm=True, at=now(), **wanted)
    with pytest.raises(InvalidRequest) as refused:
        payment_intents.create(tenant=platform, at=now(), **wanted)
    assert refused.value.param == "confirmation_token"
    assert ConfirmationToken.objects.get().intent_id is None


def ask(key, path, **params):
    return Client().post(
        f"/v1/{path}",
        params,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )


def test_a_browser_makes_tokens_with_a_publishable_key():
    platform = a_platform()
    key = a_key(platform, kind="publishable")

    made = ask(key, "tokens", card=CARD | {"name": "Ada", "address_zip": "12345"}).json()

    assert (made["card"]["brand"], made["card"]["address_zip"]) == ("Visa", "12345")
    assert made["used"] is False
    row = Token.objects.get()
    assert "4242424242424242" not in str(vars(row))


def test_two_ways_to_name_one_payment_method_are_refused():
    key = a_key(a_platform())
    wanted = {"amount": 100, "currency": "usd", "payment_method_data": DATA}

    answer = ask(key, "payment_intents", payment_method="pm_card_visa", **wanted).json()

    assert answer["error"]["code"] == "parameters_exclusive"
    assert answer["error"]["param"] == "payment_method_data"
