"""Cards of which only Stripe has the number: paid with by its tokens, set up, charged again."""

import pytest

from core.errors import InvalidRequest
from payments import resources
from payments.customers.services import customers
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import payment_methods
from payments.models import Charge, Instrument, PaymentMethod
from payments.setups.services import setup_intents
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.stripe_world import StripeWorld
from tests.processors.test_conformance_debits import AGREED, banks_answer
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


def test_stripe_is_told_what_the_merchant_says_of_a_payment(there):
    theirs = {f"order_{n}": str(n) for n in range(49)} | {"rialto_key": "forged"}

    a_paid_intent(a_platform(), metadata=theirs, description="Two chairs")

    charge = Charge.objects.get()
    told = there.client.v1.payment_intents.retrieve(charge.processor_reference)
    assert told.description == "Two chairs"
    assert told.metadata.to_dict() == theirs | {"rialto_key": charge.id}
    assert there.moved(charge.id) == [100_00]


def test_what_stripe_made_of_a_bank_account_is_shown_and_debited(there):
    billing = {"name": "Jenny Rosen", "email": "jenny@example.com"}
    account = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
    made = there.client.v1.payment_methods.create(account | {"billing_details": billing})
    platform = a_platform()

    method = payment_methods.create(
        tenant=platform,
        type="sepa_debit",
        sepa_debit={"token": f"stripe:{made.id}"},
        billing_details=billing,
        at=now(),
    )
    intent = a_paid_intent(
        platform,
        currency="eur",
        payment_method=method.id,
        payment_method_types=["sepa_debit"],
        session=AGREED,
    )

    shown = resources.payment_method(method)["sepa_debit"]
    assert (shown["last4"], shown["country"], shown["bank_code"]) == ("3000", "DE", "37040044")
    assert shown["fingerprint"] != made.sepa_debit.fingerprint
    assert intent.status == "processing"
    banks_answer(there)
    assert total(platform, "eur") == 96_80
    assert_books_balance()


@pytest.mark.parametrize("token", ["pm_nowhere", "nobody:pm_1", "stripe:4242424242424242"])
def test_a_token_of_a_bank_account_that_names_no_account_is_refused(there, token):
    data = {
        "type": "us_bank_account",
        "us_bank_account": {"token": token},
        "billing_details": {"name": "Jenny Rosen"},
    }

    with pytest.raises(InvalidRequest) as refused:
        a_paid_intent(a_platform(), payment_method=data, session=AGREED)

    assert refused.value.param == "us_bank_account[token]"
    assert not Charge.objects.exists()
