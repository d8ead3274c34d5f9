"""What a payer has removed is never used again, and a deleted customer has nothing left."""

import pytest

from core.errors import InvalidRequest, Missing
from payments.customers.services import customers
from payments.intents.services import payment_intents
from payments.methods.services import payment_methods
from payments.models import Charge, PaymentMethod
from payments.setups.services import setup_intents
from tests.books import assert_books_balance, total
from tests.factories import a_platform, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def customer(platform):
    return customers.create(tenant=platform, at=now())


@pytest.fixture
def card(platform, customer):
    return payment_methods.attach(
        tenant=platform, method_id="pm_card_visa", customer_id=customer.id, at=now()
    )


def an_intent(platform, customer, card=None, **more):
    return payment_intents.create(
        tenant=platform,
        amount=500,
        currency="usd",
        customer_id=customer.id,
        payment_method=card and card.id,
        at=now(),
        **more,
    )


def detach(platform, card):
    payment_methods.detach(tenant=platform, method_id=card.id, at=now())


def assert_nothing_was_paid(platform):
    assert not Charge.objects.exists()
    assert total(platform) == 0
    assert_books_balance()


def test_a_detached_card_is_not_charged(platform, customer, card):
    detach(platform, card)

    with pytest.raises(InvalidRequest, match="detached from a Customer") as refused:
        an_intent(platform, customer, card, confirm=True)

    assert refused.value.param == "payment_method"
    assert_nothing_was_paid(platform)


def test_an_open_intent_cannot_be_confirmed_with_a_card_that_was_detached(platform, customer, card):
    intent = an_intent(platform, customer, card)
    detach(platform, card)

    with pytest.raises(InvalidRequest, match="detached from a Customer"):
        payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now())

    assert_nothing_was_paid(platform)


def test_a_detached_card_is_attached_to_nobody_and_not_changed(platform, customer, card):
    detach(platform, card)

    with pytest.raises(InvalidRequest):
        payment_methods.attach(
            tenant=platform, method_id=card.id, customer_id=customer.id, at=now()
        )
    with pytest.raises(InvalidRequest):
        payment_methods.update(
            tenant=platform, method_id=card.id, changes={"metadata": {"a": "b"}}, at=now()
        )

    row = PaymentMethod.objects.get(id=card.id)
    assert (row.customer_id, row.metadata) == (None, {})


def test_a_detached_card_is_not_kept_by_a_setup_intent(platform, customer, card):
    detach(platform, card)

    with pytest.raises(InvalidRequest):
        setup_intents.create(
            tenant=platform, customer_id=customer.id, payment_method=card.id, confirm=True, at=now()
        )


def test_deleting_a_customer_detaches_its_cards_and_tells_so(platform, customer, card):
    customers.delete(tenant=platform, customer_id=customer.id, at=now())

    row = PaymentMethod.objects.get(id=card.id)
    assert (row.customer_id, row.detached_at is not None) == (None, True)
    assert Event.objects.filter(type="payment_method.detached").count() == 1


def test_an_open_intent_of_a_deleted_customer_is_not_paid_with_its_card(platform, customer, card):
    intent = an_intent(platform, customer, card)
    customers.delete(tenant=platform, customer_id=customer.id, at=now())

    with pytest.raises(InvalidRequest, match="detached from a Customer"):
        payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now())

    assert_nothing_was_paid(platform)


def test_a_deleted_customer_keeps_no_new_card(platform, customer):
    intent = an_intent(platform, customer, setup_future_usage="off_session")
    customers.delete(tenant=platform, customer_id=customer.id, at=now())

    payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method="pm_card_visa", at=now()
    )
    with pytest.raises(Missing):
        payment_methods.attach(
            tenant=platform, method_id="pm_card_visa", customer_id=customer.id, at=now()
        )

    assert not PaymentMethod.objects.filter(customer_id=customer.id).exists()
    assert_books_balance()
