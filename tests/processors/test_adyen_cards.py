"""Cards of which only Adyen has the number: paid with by what its fields made, charged again."""

import pytest

from payments.customers.services import customers
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, Instrument, PaymentMethod
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.adyen_world import AdyenWorld

pytestmark = pytest.mark.django_db

OFF = ConfirmationOptions(is_off=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    world = AdyenWorld(tmp_path_factory.mktemp("adyen"))
    yield world
    world.there.close()


@pytest.fixture
def there(place, db):
    with place.installed():
        yield place


def token(there, of):
    return {"type": "card", "card": {"token": f"adyen:{there.token(of)}"}}


def test_what_adyen_s_fields_made_pays_is_kept_and_pays_again_without_its_payer(there):
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now(), name="Anna")
    a_paid_intent(
        platform,
        payment_method=token(there, "mastercard"),
        customer_id=customer.id,
        setup_future_usage="off_session",
    )
    method, row = PaymentMethod.objects.get(), Instrument.objects.get()

    assert (method.brand, method.last4) == ("mastercard", "1115")
    assert (method.exp_month, method.exp_year, method.country) == (3, 2030, "NL")
    assert (row.processor, row.is_reusable) == ("adyen", True)
    assert row.network_transaction_id
    a_paid_intent(platform, payment_method=method.id, customer_id=customer.id, session=OFF)

    amounts = [there.moved(charge.id) for charge in Charge.objects.all()]
    assert amounts == [[100_00], [100_00]]
    there.assert_it_agrees()
    assert_books_balance()


def test_an_account_that_shows_little_of_cards_tells_their_network(there):
    there.there.payments.shows_cards = False
    try:
        a_paid_intent(a_platform(), payment_method=token(there, "mastercard"))
    finally:
        there.there.payments.shows_cards = True

    method, charge = PaymentMethod.objects.get(), Charge.objects.get()
    assert (method.brand, method.last4, method.funding) == ("mastercard", "", "unknown")
    assert charge.card["brand"] == "mastercard"
    there.assert_it_agrees()
