"""Charges that are made without an intent."""

import pytest

from core.errors import CardError, InvalidRequest, Missing
from payments import queries, resources
from payments.customers.services import customers
from payments.intents.services import standalone_charges
from payments.models import Charge, PaymentIntent
from payments.refunds.services import refunds
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db


def a_charge(platform, **details):
    wanted = {"amount": 100_00, "currency": "usd", "source": "tok_visa"} | details
    return standalone_charges.create(tenant=platform, at=now(), **wanted)


def test_a_token_is_charged_and_nobody_hears_of_an_intent():
    platform = a_platform()

    charge = a_charge(platform, description="d")

    wire = resources.charge(charge)
    assert (wire["status"], wire["captured"], wire["payment_intent"]) == ("succeeded", True, None)
    assert set(Event.objects.values_list("type", flat=True)) == {"charge.succeeded"}
    assert not queries.payment_intents(platform).exists()
    with pytest.raises(Missing):
        queries.payment_intent(platform, charge.payment_intent_id)
    assert total(platform) == 96_80
    assert_books_balance()


def test_it_is_refunded_like_any_other():
    platform = a_platform()
    charge = a_charge(platform)

    refund = refunds.create(tenant=platform, charge_id=charge.id, amount=40_00, at=now())

    assert resources.refund(refund)["payment_intent"] is None
    assert total(platform) == 56_80
    assert_books_balance()


def test_what_is_authorised_is_captured_once_in_part():
    platform = a_platform()
    charge = a_charge(platform, capture=False)
    assert (charge.is_captured, total(platform)) == (False, 0)

    taken = standalone_charges.capture(tenant=platform, charge_id=charge.id, amount=60_00, at=now())

    assert (taken.is_captured, taken.amount_captured) == (True, 60_00)
    with pytest.raises(InvalidRequest) as refused:
        standalone_charges.capture(tenant=platform, charge_id=charge.id, at=now())
    assert refused.value.code == "charge_already_captured"
    with pytest.raises(Missing):
        standalone_charges.capture(tenant=a_platform(), charge_id=charge.id, at=now())
    assert total(platform) == 60_00 - 1_74 - 30
    assert_books_balance()


def test_the_charge_of_an_intent_is_captured_too():
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")

    standalone_charges.capture(tenant=platform, charge_id=intent.latest_charge_id, at=now())

    assert PaymentIntent.objects.get().status == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_declined_card_is_told_with_its_charge_alone():
    platform = a_platform()

    with pytest.raises(CardError) as declined:
        a_charge(platform, source="tok_chargeDeclinedInsufficientFunds")

    assert declined.value.extra["charge"] == Charge.objects.get().id
    assert not {"payment_intent", "payment_method"} & declined.value.extra.keys()
    with pytest.raises(CardError) as asked:
        a_charge(platform, source="tok_authenticationRequired")
    assert asked.value.extra["decline_code"] == "authentication_required"
    with pytest.raises(InvalidRequest):
        standalone_charges.capture(tenant=platform, charge_id=Charge.objects.first().id, at=now())
    assert set(Event.objects.values_list("type", flat=True)) == {"charge.failed"}
    assert total(platform) == 0
    assert_books_balance()


def test_a_customer_is_charged_by_the_card_it_prefers():
    platform = a_platform()
    settings = {"default_payment_method": "pm_card_visa"}
    customer = customers.create(
        tenant=platform, payment_method="pm_card_visa", invoice_settings=settings, at=now()
    )
    poor = customers.create(tenant=platform, at=now())

    assert a_charge(platform, source=None, customer_id=customer.id).status == "succeeded"

    for missing in ({"customer_id": poor.id}, {}):
        with pytest.raises(InvalidRequest):
            a_charge(platform, source=None, **missing)
    assert total(platform) == 96_80


def test_it_can_be_for_a_seller():
    platform = a_platform()
    seller = a_seller(platform)

    a_charge(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )

    assert (total(platform), total(seller)) == (6_80, 90_00)
    assert_books_balance()
