"""Bank accounts of payers: who may debit them, with which numbers, and for what."""

import pytest
from django.db import connection

from core.errors import InvalidRequest, Missing
from payments.customers.services import customers
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import payment_methods
from payments.models import Charge, Mandate, PaymentIntent, PaymentMethod
from payments.setups.services import setup_intents
from tests.books import assert_books_balance, total
from tests.factories import a_platform, now
from tests.payments.test_bank_debits import ONLINE, SEPA, SOMEBODY, US, a_debit, days_pass

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_is_debited_without_a_permission():
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        a_debit(platform, session=ConfirmationOptions())

    assert (refused.value.code, refused.value.param) == (
        "payment_intent_mandate_invalid",
        "mandate_data",
    )
    assert not Charge.objects.exists()


def test_a_permission_for_one_payment_is_used_up_by_it():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now()).id
    account = payment_methods.attach(
        tenant=platform, method_id=US, customer_id=customer, at=now()
    ).id
    a_debit(platform, account, customer_id=customer)
    mandate = Mandate.objects.get()

    assert Charge.objects.get().mandate_id == mandate.id
    assert (mandate.status, mandate.single_use_amount) == ("inactive", 100_00)
    days_pass()

    again = {"customer_id": customer}
    with pytest.raises(InvalidRequest, match="requires a mandate"):
        a_debit(platform, account, session=ConfirmationOptions(), **again)
    with pytest.raises(InvalidRequest, match="does not permit"):
        a_debit(platform, account, session=ConfirmationOptions(mandate_id=mandate.id), **again)


def test_a_permission_for_later_payments_is_used_again_by_its_name_or_without():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now()).id
    first = a_debit(
        platform, SEPA, currency="eur", customer_id=customer, setup_future_usage="off_session"
    )
    days_pass()
    mandate = Mandate.objects.get()
    assert (mandate.status, mandate.single_use_amount) == ("active", None)
    assert len(mandate.reference) == 16
    assert PaymentMethod.objects.get().customer_id == customer

    for session in (
        ConfirmationOptions(is_off=True),
        ConfirmationOptions(is_off=True, mandate_id=mandate.id),
    ):
        later = a_debit(
            platform, first.payment_method_id, currency="eur", customer_id=customer, session=session
        )
        assert later.status == "processing"

    days_pass()
    assert Mandate.objects.count() == 1
    assert {c.mandate_id for c in Charge.objects.all()} == {mandate.id}
    assert total(platform, "eur") == 3 * 96_80
    assert_books_balance()


def test_another_merchants_mandate_does_not_exist():
    platform, other = a_platform(), a_platform()
    a_debit(other, setup_future_usage="off_session")

    with pytest.raises(Missing) as refused:
        a_debit(platform, session=ConfirmationOptions(mandate_id=Mandate.objects.get().id))

    assert refused.value.param == "mandate"


def test_a_bank_account_is_set_up_with_a_mandate_and_debited_later():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now()).id
    wanted = {"tenant": platform, "payment_method": SEPA, "customer_id": customer, "confirm": True}
    with pytest.raises(InvalidRequest) as refused:
        setup_intents.create(**wanted, at=now())
    assert refused.value.param == "mandate_data"

    kept = setup_intents.create(**wanted, customer_acceptance=ONLINE, at=now())

    assert kept.status == "succeeded"
    a_debit(
        platform,
        kept.payment_method_id,
        currency="eur",
        customer_id=customer,
        session=ConfirmationOptions(is_off=True),
    )
    days_pass()
    assert Charge.objects.get().mandate_id == kept.mandate_id
    assert total(platform, "eur") == 96_80
    assert_books_balance()


@pytest.mark.parametrize(
    ("token", "details", "param"),
    [
        (US, {"currency": "eur"}, "currency"),
        (SEPA, {"currency": "usd"}, "currency"),
        (US, {"capture_method": "manual"}, "capture_method"),
        (US, {"payment_method_types": ["card"]}, "payment_method"),
        ("pm_card_visa", {"payment_method_types": ["us_bank_account"]}, "payment_method"),
        (
            US,
            {"payment_method_options": {"us_bank_account": {"verification_method": "instant"}}},
            "payment_method_options[us_bank_account][verification_method]",
        ),
    ],
)
def test_a_payment_that_the_method_cannot_make_is_refused_and_leaves_nothing(token, details, param):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        a_debit(platform, token, **details)

    assert refused.value.param == param
    assert not PaymentIntent.objects.exists()
    assert not PaymentMethod.objects.exists()


@pytest.mark.parametrize(
    ("type", "account", "param"),
    [
        ("sepa_debit", {"iban": "DE89370400440532013009"}, "sepa_debit[iban]"),
        ("sepa_debit", {"iban": "hello"}, "sepa_debit[iban]"),
        ("sepa_debit", {"iban": "TR330006100519786457841326"}, "sepa_debit[iban]"),
        ("sepa_debit", {"iban": "FR1420041010050500013M02606"}, "sepa_debit"),
        ("sepa_debit", {}, "sepa_debit[iban]"),
        (
            "us_bank_account",
            {"routing_number": "110000001", "account_number": "000123456789"},
            "us_bank_account[routing_number]",
        ),
        (
            "us_bank_account",
            {"routing_number": "110000000", "account_number": "12x"},
            "us_bank_account[account_number]",
        ),
        (
            "us_bank_account",
            {"routing_number": "110000000", "account_number": "000123456780"},
            "us_bank_account",
        ),
        ("us_bank_account", {"routing_number": "110000000"}, "us_bank_account[account_number]"),
    ],
)
def test_a_number_that_is_no_test_account_is_refused_at_its_field(type, account, param):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        payment_methods.create(
            tenant=platform, type=type, billing_details=SOMEBODY, at=now(), **{type: account}
        )

    assert refused.value.param == param
    assert not PaymentMethod.objects.exists()


def test_a_debit_needs_the_payers_name_and_sepa_an_address_for_mail():
    platform = a_platform()
    iban = {"iban": "DE89 3704 0044 0532 0130 00"}

    with pytest.raises(InvalidRequest) as refused:
        payment_methods.create(
            tenant=platform,
            type="sepa_debit",
            sepa_debit=iban,
            at=now(),
            billing_details={"name": "Jenny Rosen"},
        )

    assert refused.value.param == "billing_details[email]"


def test_no_column_keeps_the_number_of_an_account():
    platform = a_platform()
    for type, account in (
        ("sepa_debit", {"iban": "DE89370400440532013000"}),
        ("us_bank_account", {"routing_number": "110000000", "account_number": "000123456789"}),
    ):
        method = payment_methods.create(
            tenant=platform, type=type, billing_details=SOMEBODY, at=now(), **{type: account}
        )
        a_debit(platform, method.id, currency="eur" if type == "sepa_debit" else "usd")

    for table in ("paymentmethod", "charge", "paymentintent", "mandate"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM payments_{table} t")
            text = str(cursor.fetchall())
        assert "370400440532013000" not in text
        assert "000123456789" not in text
