"""What every rail that debits bank accounts has to stand; the others say that they do not."""

from datetime import timedelta

import pytest

from core.errors import InvalidRequest
from payments import resources
from payments.customers.services import customers
from payments.inbound.services import delayed_polling
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, PaymentMethod
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from processors import registry
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.test_conformance import carried_out, hear, status

pytestmark = pytest.mark.django_db

ONLINE = {"type": "online", "online": {"ip_address": "203.0.113.7", "user_agent": "Test"}}
AGREED = ConfirmationOptions(customer_acceptance=ONLINE)
US, SEPA = "pm_usBankAccount_success", "pm_success_de"
REFUSES, TAKES_BACK = "pm_usBankAccount_insufficientFunds", "pm_usBankAccount_rialto_takenBack"


def debits(world) -> bool:
    """Tell whether the rail debits; one that does not says so, and nothing is begun."""
    if {"sepa_debit", "us_bank_account"} <= registry.get(world.name).capabilities.methods:
        return True
    with pytest.raises(InvalidRequest, match=f"{world.name} does not take us_bank_account"):
        a_debit(a_platform(), US)
    assert not Charge.objects.exists()
    return False


def a_debit(platform, token, **details):
    details = {"session": AGREED, "payment_method_types": ["us_bank_account"]} | details
    return a_paid_intent(platform, payment_method=token, **details)


def banks_answer(world, *, after=timedelta(seconds=5)) -> None:
    """Let banks answer there, hear of it, and ask after what we have not heard of."""
    world.banks_answer(after=after)
    for key in Charge.objects.values_list("id", flat=True):
        hear(world, world.notices("charge", key, at=now()))
    Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
    delayed_polling.poll_due(at=now())


def test_a_debit_is_booked_when_the_payers_bank_has_paid_and_is_given_back(world):
    if not debits(world):
        return
    platform = a_platform()
    us = a_debit(platform, US)
    sepa = a_debit(platform, SEPA, currency="eur", payment_method_types=["sepa_debit"])
    assert (us.status, sepa.status) == ("processing", "processing")
    assert (total(platform), total(platform, "eur")) == (0, 0)

    banks_answer(world)

    assert (status(us), status(sepa)) == ("succeeded", "succeeded")
    assert not Charge.objects.filter(next_poll_at__isnull=False).exists()
    assert (total(platform), total(platform, "eur")) == (96_80, 96_80)
    for intent in (us, sepa):
        assert world.moved(intent.latest_charge_id) == [100_00]
    refunds.create(tenant=platform, intent_id=us.id, amount=40_00, at=now())
    carried_out(world)
    assert total(platform) == 56_80
    assert_books_balance()


def test_a_bank_may_refuse_a_debit_later_and_take_one_back_after_that(world):
    if not debits(world):
        return
    platform = a_platform()
    refused, taken_back = a_debit(platform, REFUSES), a_debit(platform, TAKES_BACK)

    banks_answer(world)

    assert (status(refused), status(taken_back)) == ("requires_payment_method", "succeeded")
    assert refused.last_payment_error["code"] == "insufficient_funds"
    assert total(platform) == 96_80

    banks_answer(world, after=timedelta(minutes=1))

    assert status(taken_back) == "requires_payment_method"
    assert taken_back.last_payment_error["code"] == "debit_not_authorized"
    assert total(platform) == -3_20
    assert_books_balance()


def test_an_account_that_is_kept_is_debited_again_without_asking_its_payer(world):
    if not debits(world):
        return
    platform = a_platform()
    customer = customers.create(tenant=platform, name="Jenny", at=now())
    setup_intents.create(
        tenant=platform,
        payment_method=US,
        payment_method_types=["us_bank_account"],
        customer_id=customer.id,
        customer_acceptance=ONLINE,
        confirm=True,
        at=now(),
    )
    kept = PaymentMethod.objects.get()

    again = a_debit(
        platform, kept.id, customer_id=customer.id, session=ConfirmationOptions(is_off=True)
    )
    banks_answer(world)

    assert status(again) == "succeeded"
    shown = resources.charge(Charge.objects.get())["payment_method_details"]["us_bank_account"]
    assert (shown["last4"], shown["routing_number"]) == ("6789", "110000000")
    assert world.moved(again.latest_charge_id) == [100_00]
    assert_books_balance()
