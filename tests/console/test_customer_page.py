"""The page of a customer: who it is, what it paid and with what, in few queries."""

import pytest
from django.test import Client

from accounts.models import Membership
from core.admin import page_of
from payments.customers.services import customers
from payments.disputes.services import disputes
from payments.methods.services import payment_methods
from payments.models import CustomerBalanceTransaction, PaymentMethod
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from processors.protocols.disputes import DisputeReport, DisputeStage
from tests import factories
from tests.books import assert_books_balance
from tests.console.reading import count, text_of
from tests.factories import a_paid_intent, a_platform, now
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db


def a_customer(platform, **details):
    return customers.create(
        tenant=platform,
        name="Ada",
        email="ada@example.com",
        phone="+66 1234",
        metadata={"crm": "C-77"},
        at=now(),
        **details,
    )


def page(row) -> str:
    return page_of("payments_customer", row.id)


def test_a_customer_page_tells_who_it_is_and_what_became_of_its_money(operator):
    platform = a_platform()
    ada = a_customer(platform, payment_method="pm_card_visa", balance=-12_50)
    first = a_paid_intent(platform, customer_id=ada.id)
    a_paid_intent(platform, customer_id=ada.id, currency="eur")
    refunds.create(tenant=platform, intent_id=first.id, amount=40_00, at=now())
    report = DisputeReport(
        "out_1", str(first.latest_charge_id), DisputeStage.OPEN, 30_00, "usd", "fraudulent"
    )
    disputes.record(report, processor="simulator", at=now())

    shown = text_of(operator, page(ada))

    for words in (
        "Ada Test mode",
        "12.50 USD of credit for later invoices",
        "ada@example.com",
        "+66 1234",
        "C-77",
        "USD 1 0 100.00 USD 40.00 USD 30.00 USD",
        "EUR 1 0 100.00 EUR 0.00 EUR 0.00 EUR",
        "Visa •••• 4242",
        "100.00 USD Paid, 40.00 USD refunded",
        "30.00 USD Answer it Fraudulent",
        "Adjustment -12.50 USD -12.50 USD",
        "customer.created",
        f"DELETE /v1/customers/{ada.id}",
    ):
        assert words in shown, shown
    assert_books_balance()


def test_the_default_card_and_one_past_its_end_are_told_apart(operator):
    platform = a_platform()
    ada = a_customer(platform, payment_method="pm_card_visa")
    method = PaymentMethod.objects.get(customer=ada)
    changes = {"invoice_settings": {"default_payment_method": method.id}}
    customers.update(tenant=platform, customer_id=ada.id, changes=changes, at=now())

    assert "Visa •••• 4242 Default until" in text_of(operator, page(ada))
    PaymentMethod.objects.update(exp_month=1, exp_year=2020)
    assert "Visa •••• 4242 Default expired 01/2020" in text_of(operator, page(ada))


def test_a_customer_without_anything_says_what_would_be_here(operator):
    ada = customers.create(tenant=a_platform(), at=now())

    shown = text_of(operator, page(ada))

    assert f"{ada.id} Test mode" in shown
    for words in ("They have paid nothing yet.", "None is saved.", "There is none yet."):
        assert words in shown


def test_a_deleted_customer_says_when_the_rest_is_erased(operator):
    platform = a_platform()
    ada = a_customer(platform)
    customers.delete(tenant=platform, customer_id=ada.id, at=now())

    shown = text_of(operator, page(ada))

    assert "Ada Deleted Test mode" in shown
    assert "erased once no payment needs it" in shown
    assert "Erase this customer" not in shown


@pytest.mark.attacks
def test_a_customer_page_asks_the_same_at_1_and_at_50_children(operator):
    platform = a_platform()
    endpoints.create(tenant=platform, url="http://127.0.0.1:9/", enabled_events=["*"], at=now())
    few, many = a_customer(platform), a_customer(platform)
    for ada in (few, many):
        for _ in range(2):
            a_paid_intent(platform, customer_id=ada.id)
        payment_methods.attach(
            tenant=platform, method_id="pm_card_visa", customer_id=ada.id, at=now()
        )
        setup_intents.create(tenant=platform, customer_id=ada.id, at=now())
    made = PaymentMethod.objects.get(customer=many)
    for model, row in (
        (PaymentMethod, {"type": "card", "last4": "4242", "brand": "visa", "fingerprint": "f"}),
        (CustomerBalanceTransaction, {"amount": 1, "currency": "usd", "ending_balance_amount": 1}),
    ):
        for number in range(50):
            model.objects.create(
                id=f"{made.id.partition('_')[0]}_{number}",
                account_id=platform.account_id,
                livemode=False,
                customer=many,
                created_at=now(),
                **row,
            )
    for intent in many.payment_intents.all():
        for _ in range(25):
            refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())

    first = count(operator, page(few))

    assert first <= 25
    assert count(operator, page(many)) == first
    assert "and 31 more" in text_of(operator, page(many))
    assert_books_balance()


def test_a_platforms_own_people_see_its_customers_only_and_others_of_no_mode():
    platform = a_platform()
    ada, other = a_customer(platform), a_customer(a_platform())
    person = factories.an_operator("person@example.com", role="")
    Membership.objects.create(user=person, account_id=platform.account_id, role="support")
    client = Client()
    client.force_login(person)

    assert client.get(page(ada)).status_code == 200
    assert client.get(page(other)).status_code == 404
    assert client.post(page(ada)).status_code == 405
    session = client.session
    session["livemode"] = True
    session.save()
    answer = client.get(page(ada))
    assert answer.status_code == 404
    assert "Switch to test and show it" in answer.content.decode()
    assert "Requests behind it" not in text_of_support(client, ada)


def text_of_support(client: Client, row) -> str:
    session = client.session
    session["livemode"] = False
    session.save()
    return text_of(client, page(row))
