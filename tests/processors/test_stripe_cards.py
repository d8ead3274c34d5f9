"""Cards of which only Stripe has the number: paid with by its tokens, set up, charged again."""

import pytest

from payments import resources
from payments.customers.services import customers
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, Instrument, PaymentMethod
from payments.setups.services import setup_intents
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.stripe_world import StripeWorld
from tests.truth import assert_the_processor_agrees

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(rialto_server):
    return StripeWorld(rialto_server)


@pytest.fixture
def there(place, db):
    with place.installed():
        yield place


def token(of):
    return {"type": "card", "card": {"token": f"stripe:{of}"}}


def test_what_stripe_made_of_a_card_pays_and_is_what_stripe_says(there):
    a_paid_intent(a_platform(), payment_method=token("pm_card_mastercard"))

    method, charge = PaymentMethod.objects.get(), Charge.objects.get()
    shown = resources.payment_method(method)["card"]
    assert (shown["brand"], shown["last4"], shown["country"]) == ("mastercard", "4444", "US")
    assert shown["exp_year"] > 2000
    card = resources.charge(charge)["payment_method_details"]["card"]
    assert (card["brand"], card["last4"]) == ("mastercard", "4444")
    assert total(method.tenant) == 96_80
    assert_the_processor_agrees()
    assert_books_balance()


def test_a_card_that_was_set_up_there_is_charged_there_without_its_payer(there):
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now(), name="Anna")
    setup_intents.create(
        tenant=platform,
        payment_method=token("pm_card_visa"),
        customer_id=customer.id,
        confirm=True,
        at=now(),
    )
    method = PaymentMethod.objects.get()
    assert (method.brand, method.last4, method.customer_id) == ("visa", "4242", customer.id)
    assert Instrument.objects.get().is_reusable

    a_paid_intent(
        platform,
        payment_method=method.id,
        customer_id=customer.id,
        session=ConfirmationOptions(is_off=True),
    )

    assert there.moved(Charge.objects.get().id) == [100_00]
    assert_the_processor_agrees()
    assert_books_balance()
