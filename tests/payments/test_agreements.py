"""Payments to which payers agree at their bank or wallet: one table for all types."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from core.errors import CardError, InvalidRequest
from payments import method_types, resources
from payments.customers.services import customers
from payments.disputes.services import disputes
from payments.intents.services import authorizations, cancellation, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import payment_methods
from payments.models import Charge, Dispute, Mandate, PaymentIntent, PaymentMethod
from payments.refunds.services import refunds
from tests.books import assert_books_balance, total
from tests.factories import a_platform, a_seller, now
from tests.payments.agreeing import (
    ACCEPTED,
    PAYERS,
    an_agreement,
    path_of,
    payer,
    press,
    time_passes,
)
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

WAY_BACK = "https://shop.example/done?order=7"
FEE = 3_20


def again(intent):
    return PaymentIntent.objects.get(id=intent.id)


def test_each_type_is_agreed_to_shared_and_refunded_to_the_cent():
    platform = a_platform()
    seller = a_seller(platform)
    expected, given = {}, {}

    for type, (currency, _) in PAYERS.items():
        intent = an_agreement(
            platform,
            type,
            transfer_destination=seller.account_id,
            application_fee_amount=10_00,
            return_url=WAY_BACK,
        )
        charge = Charge.objects.get(id=intent.latest_charge_id)
        assert (intent.status, charge.status) == ("requires_action", "pending"), type
        if type == "blik":
            assert resources.payment_intent(intent)["next_action"] == {
                "type": "blik_authorize",
                "blik_authorize": {},
            }
            assert "code" not in resources.payment_intent(intent)["payment_method_options"]["blik"]
            time_passes()
        else:
            shown = resources.payment_intent(intent)["next_action"]["redirect_to_url"]
            assert shown["return_url"] == WAY_BACK
            led = Client().get(urlsplit(shown["url"]).path)
            assert led["Location"].endswith(path_of(charge.id))
            back = press(charge.id, "pay").content.decode()
            assert "redirect_status=succeeded" in back
        assert again(intent).status == "succeeded", type
        refunds.create(
            tenant=platform,
            intent_id=intent.id,
            amount=40_00,
            reverse_transfer=True,
            refund_application_fee=True,
            at=now(),
        )
        expected[currency] = expected.get(currency, 0) + 60_00
        charge.refresh_from_db()
        details = resources.charge(charge)["payment_method_details"]
        assert details["type"] == type
        wanted = set(method_types.of(type).charged)
        assert wanted <= details[type].keys(), type

    for currency in expected:
        given[currency] = total(seller, currency) + total(platform, currency)
        fees = sum(charge.fee_amount for charge in Charge.objects.filter(currency=currency))
        assert given[currency] == expected[currency] - fees
    assert_books_balance()


@pytest.mark.parametrize(
    ("button", "code"),
    [
        ("fail", "payment_intent_authentication_failure"),
        ("expire", "payment_intent_payment_attempt_expired"),
    ],
)
def test_a_payer_who_does_not_agree_has_not_paid_and_may_try_again(button, code):
    platform = a_platform()
    intent = an_agreement(platform, "ideal", return_url=WAY_BACK)
    first = intent.latest_charge_id

    back = press(first, button)

    intent = again(intent)
    assert "redirect_status=failed" in back.content.decode()
    assert (intent.status, intent.next_action) == ("requires_payment_method", None)
    assert intent.last_payment_error["code"] == code
    assert intent.last_payment_error["type"] == "invalid_request_error"
    assert total(platform, "eur") == 0

    payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method=payer("ideal"), at=now()
    )
    press(first, "pay")
    assert again(intent).status == "requires_action"
    press(again(intent).latest_charge_id, "pay")
    assert again(intent).amount_received == 100_00
    assert_books_balance()


@pytest.mark.parametrize(("button", "status"), [("pay_later", "succeeded"), ("fail_later", "")])
def test_a_bank_that_pays_afterwards_leaves_the_intent_processing(button, status):
    platform = a_platform()
    intent = an_agreement(platform, "p24")

    press(intent.latest_charge_id, button)

    charge = Charge.objects.get()
    assert (again(intent).status, charge.status) == ("processing", "pending")
    assert Event.objects.filter(type="charge.pending").count() == 1
    assert total(platform, "pln") == 0
    assert time_passes(10) == 0

    assert time_passes() == 1

    assert again(intent).status == (status or "requires_payment_method")
    assert (total(platform, "pln") > 0) is bool(status)
    assert_books_balance()


def test_a_payer_who_never_comes_back_has_paid_all_the_same():
    platform = a_platform()
    intent = an_agreement(platform, "p24", return_url=WAY_BACK)

    Client().post(path_of(intent.latest_charge_id), {"action": "pay_later"})
    assert again(intent).status == "requires_action"
    time_passes(10)
    assert again(intent).status == "processing"
    time_passes()

    assert again(intent).status == "succeeded"
    assert_books_balance()


@pytest.mark.parametrize(
    ("digits", "status", "code"),
    [
        ("111111", "requires_payment_method", "payment_intent_authentication_failure"),
        ("222222", "requires_payment_method", "payment_intent_payment_attempt_expired"),
    ],
)
def test_the_digits_of_blik_decide(digits, status, code):
    platform = a_platform()
    options = {"payment_method_options": {"blik": {"code": digits}}}

    intent = an_agreement(platform, "blik", **options)
    assert intent.status == "requires_action"
    time_passes(61)

    assert (again(intent).status, again(intent).last_payment_error["code"]) == (status, code)
    with pytest.raises(CardError):
        an_agreement(platform, "blik", payment_method_options={"blik": {"code": "000000"}})
    for wrong in ({}, {"blik": {"code": "12345"}}):
        with pytest.raises(InvalidRequest) as refused:
            an_agreement(platform, "blik", payment_method_options=wrong)
        assert refused.value.param == "payment_method_options[blik][code]"
    assert total(platform, "pln") == 0
    assert_books_balance()


@pytest.mark.parametrize("type", ["klarna", "afterpay_clearpay"])
def test_what_was_agreed_to_can_be_captured_later(type):
    platform = a_platform()
    intent = an_agreement(platform, type, capture_method="manual")
    press(intent.latest_charge_id, "pay")
    assert again(intent).status == "requires_capture"

    authorizations.capture(tenant=platform, intent_id=intent.id, amount_to_capture=70_00, at=now())

    assert again(intent).amount_received == 70_00
    assert_books_balance()


def test_a_payment_by_klarna_can_be_disputed():
    platform = a_platform()
    intent = an_agreement(platform, "klarna")

    press(intent.latest_charge_id, "dispute")
    assert disputes.fetch(at=now()) == 1

    dispute = Dispute.objects.get()
    assert (dispute.reason, dispute.amount) == ("product_not_received", 100_00)
    shown = resources.dispute(dispute, at=now())["payment_method_details"]
    assert shown["type"] == "klarna"
    assert shown["klarna"]["reason_code"] == dispute.network_reason_code
    assert again(intent).status == "succeeded"
    assert_books_balance()


def test_a_payer_of_ideal_who_agrees_to_later_debits_leaves_an_account_behind():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now())
    intent = an_agreement(
        platform,
        "ideal",
        customer_id=customer.id,
        setup_future_usage="off_session",
        session=ConfirmationOptions(customer_acceptance=ACCEPTED),
    )
    assert Mandate.objects.get().status == "pending"

    press(intent.latest_charge_id, "pay")

    charge = Charge.objects.get()
    kept = PaymentMethod.objects.get(type="sepa_debit")
    mandate = Mandate.objects.get()
    ideal = resources.charge(charge)["payment_method_details"]["ideal"]
    assert (ideal["bank"], ideal["bic"], ideal["iban_last4"]) == ("ing", "INGBNL2A", "5264")
    assert ideal["generated_sepa_debit"] == kept.id
    assert ideal["generated_sepa_debit_mandate"] == mandate.id
    assert (kept.customer_id, kept.country, kept.last4) == (customer.id, "NL", "5264")
    assert (mandate.status, mandate.payment_method_id) == ("active", kept.id)
    assert mandate.reference
    told = json.loads(Event.objects.get(type="mandate.updated").data)
    assert told["object"]["id"] == mandate.id
    assert told["previous_attributes"]["status"] == "pending"
    shown = resources.payment_method(kept)["sepa_debit"]
    assert shown["generated_from"] == {"charge": charge.id, "setup_attempt": None}

    later = payment_intents.create(
        tenant=platform,
        amount=50_00,
        currency="eur",
        customer_id=customer.id,
        payment_method=kept.id,
        confirm=True,
        session=ConfirmationOptions(is_off=True),
        at=now(),
    )
    assert later.status == "processing"
    assert Charge.objects.get(id=later.latest_charge_id).mandate_id == mandate.id
    with pytest.raises(InvalidRequest, match="makes a sepa_debit"):
        payment_methods.attach(
            tenant=platform,
            method_id=charge.payment_method_id,
            customer_id=customer.id,
            at=now(),
        )
    assert_books_balance()


@pytest.mark.parametrize(
    ("type", "details", "param"),
    [
        ("ideal", {"currency": "usd"}, "currency"),
        ("ideal", {"capture_method": "manual"}, "capture_method"),
        ("eps", {"setup_future_usage": "off_session"}, "setup_future_usage"),
        ("ideal", {"setup_future_usage": "off_session"}, "mandate_data"),
        ("p24", {"session": ConfirmationOptions(is_off=True)}, "off_session"),
        ("alipay", {"session": ConfirmationOptions(refuses_actions=True)}, None),
        ("afterpay_clearpay", {"amount": 99}, "amount"),
        ("afterpay_clearpay", {"amount": 4_000_01}, "amount"),
        ("klarna", {"payment_method": {"type": "klarna"}}, "billing_details[email]"),
    ],
)
def test_what_cannot_be_agreed_to_is_refused_and_nothing_is_kept(type, details, param):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        an_agreement(platform, type, **details)

    assert refused.value.param == (param or "error_on_requires_action")
    assert Charge.objects.count() == 0


def test_a_refund_after_the_last_day_is_refused():
    platform = a_platform()
    intent = an_agreement(platform, "alipay")
    press(intent.latest_charge_id, "pay")

    with pytest.raises(InvalidRequest, match="90 days"):
        refunds.create(tenant=platform, intent_id=intent.id, at=now() + timedelta(days=91))

    assert Charge.objects.get().amount_refunded == 0
    assert_books_balance()


def test_the_bank_s_page_is_nobody_s_who_guesses_and_goes_on_once_it_is_done():
    platform = a_platform()
    intent = an_agreement(platform, "ideal")
    page, client = path_of(intent.latest_charge_id), Client()

    shown = client.get(page)
    text = shown.content.decode()

    assert all(word in text for word in ("100.00", "Ing", "iDEAL"))
    assert not {"pay_later", "dispute"} & set(text.split('"'))
    assert "script" not in shown["Content-Security-Policy"]
    guessed = page.replace("/bank", "x/bank")
    assert client.get(guessed).status_code == client.post(guessed).status_code == 404
    client.post(page, {"action": "dispute"})
    assert again(intent).status == "requires_action"
    cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())
    press(intent.latest_charge_id, "pay")
    assert client.get(page).status_code == 303
    assert (again(intent).status, total(platform, "eur")) == ("canceled", 0)
    assert_books_balance()
