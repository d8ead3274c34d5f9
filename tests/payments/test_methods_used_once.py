"""A guest uses a payment method once, and a deleted customer none any more."""

import pytest

from core.errors import CardError, InvalidRequest, Missing
from payments.customers.services import customers
from payments.inbound.services import challenges
from payments.inbound.services.challenges import Answer
from payments.intents.services import payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import payment_methods
from payments.models import Charge, PaymentMethod
from payments.setups.services import setup_intents
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db

USED_UP = "may not be used again: it was detached from a Customer, or has paid once"
OFF = ConfirmationOptions(is_off=True)


def a_saved_card(platform, token="pm_card_visa"):
    customer = customers.create(tenant=platform, at=now()).id
    card = payment_methods.attach(
        tenant=platform, method_id=token, customer_id=customer, at=now()
    ).id
    return customer, card


def detach(platform, card):
    payment_methods.detach(tenant=platform, method_id=card, at=now())


def an_intent(platform, **details):
    return payment_intents.create(
        tenant=platform, amount=100_00, currency="usd", at=now(), **details
    )


def confirm(platform, intent, **details):
    return payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now(), **details)


def test_a_card_that_is_detached_while_its_bank_asks_the_payer_is_not_charged():
    platform = a_platform()
    customer, card = a_saved_card(platform, "pm_card_authenticationRequired")
    intent = an_intent(platform, customer_id=customer, payment_method=card)
    asked = confirm(
        platform, intent, session=ConfirmationOptions(return_url="https://shop.example")
    )
    assert asked.status == "requires_action"
    detach(platform, card)

    challenge = challenges.open_of(platform, asked)
    refused = challenges.answer(challenge, Answer.AUTHENTICATED, at=now())

    assert (refused.status, refused.payment_method_id) == ("requires_payment_method", None)
    assert not Charge.objects.exists()
    assert_books_balance()


def test_a_guest_uses_a_card_once():
    platform = a_platform()
    card = payment_methods.create(tenant=platform, card={"token": "tok_visa"}, at=now()).id
    a_paid_intent(platform, payment_method=card)

    with pytest.raises(InvalidRequest, match=USED_UP):
        a_paid_intent(platform, payment_method=card)
    with pytest.raises(InvalidRequest, match=USED_UP):
        payment_methods.attach(
            tenant=platform,
            method_id=card,
            at=now(),
            customer_id=customers.create(tenant=platform, at=now()).id,
        )

    assert Charge.objects.count() == 1
    assert total(platform) == 96_80
    assert_books_balance()


def test_of_two_open_intents_with_a_guests_card_one_is_paid():
    platform = a_platform()
    card = payment_methods.create(tenant=platform, card={"token": "tok_visa"}, at=now()).id
    first, second = (an_intent(platform, payment_method=card) for _ in "ab")
    confirm(platform, first)

    with pytest.raises(InvalidRequest, match=USED_UP):
        confirm(platform, second)

    assert Charge.objects.get().payment_intent_id == first.id
    assert_books_balance()


def test_a_guests_card_that_was_declined_may_be_tried_again():
    platform = a_platform()
    intent = an_intent(platform)
    declining = "pm_card_chargeDeclinedInsufficientFunds"
    with pytest.raises(CardError):
        confirm(platform, intent, payment_method=declining)
    card = PaymentMethod.objects.get()
    assert card.used_at is None

    with pytest.raises(CardError):
        confirm(platform, intent, payment_method=card.id)

    assert [c.payment_method_id for c in Charge.objects.all()] == [card.id] * 2
    assert_books_balance()


def test_a_card_that_is_saved_with_its_first_payment_is_used_again():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now()).id
    paid = a_paid_intent(platform, customer_id=customer, setup_future_usage="off_session")

    again = a_paid_intent(
        platform, customer_id=customer, payment_method=paid.payment_method_id, session=OFF
    )

    assert again.status == "succeeded"
    assert total(platform) == 2 * 96_80
    assert_books_balance()


def test_an_open_intent_of_a_deleted_customer_is_confirmed_off_session_by_no_card():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now()).id
    intent = an_intent(platform, customer_id=customer)
    customers.delete(tenant=platform, customer_id=customer, at=now())

    with pytest.raises(Missing):
        confirm(platform, intent, payment_method="pm_card_visa", session=OFF)

    assert not Charge.objects.exists()


def test_a_deleted_customer_gets_no_card_of_an_intent_that_was_open():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now()).id
    intent = an_intent(platform, customer_id=customer, setup_future_usage="off_session")
    setup = setup_intents.create(
        tenant=platform, customer_id=customer, payment_method="pm_card_visa", at=now()
    )
    customers.delete(tenant=platform, customer_id=customer, at=now())

    paid = confirm(platform, intent, payment_method="pm_card_visa")
    with pytest.raises(Missing):
        setup_intents.confirm(tenant=platform, intent_id=setup.id, at=now())

    assert paid.status == "succeeded"
    assert not PaymentMethod.objects.exclude(customer_id=None).exists()
    assert total(platform) == 96_80
    assert_books_balance()
