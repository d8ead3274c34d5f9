"""Payments that come after the end: noticed once, kept in suspense, explained."""

from datetime import timedelta

import pytest
from django.test import Client

from ledger.posting.clearing import clearing_ageing
from payments.charges.services import charges, fee_true_ups
from payments.inbound.services import delayed_polling, notices
from payments.intents.services import cancellation, payment_intents
from payments.models import Charge, PaymentIntent, UnappliedPayment
from payments.unapplied.services import late_payments
from processors import inbox
from processors.models import InboundNotice, SimulatedRequest
from processors.protocols.base import Outcome, OutcomeStatus
from processors.simulator import notices as simulated
from tests import rails
from tests.books import assert_books_balance, at_the_processor, total
from tests.factories import a_platform, now
from tests.payments import agreeing
from tests.payments.lateness import (
    a_late_payment,
    an_expired_code,
    in_suspense,
    nobody_asks,
    the_money_comes,
)
from tests.payments.scanning import a_code, again, payer, time_passes
from tests.payments.test_races import all_at_once
from tests.truth import assert_the_processor_agrees
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def told(type):
    return Event.objects.filter(type=type).count()


def hear_of(charge_id):
    """Let the processor say that something is new of a charge."""
    body, headers = simulated.make("charge", charge_id, at=now())
    inbox.receive(processor="simulator", body=body, headers=headers, at=now())
    notices.sweep(at=now() + timedelta(minutes=1))
    assert not InboundNotice.objects.filter(applied_at=None).exists()


def test_what_comes_after_a_code_has_expired_is_in_suspense_and_pays_nothing():
    platform = a_platform(country="TH")
    intent = an_expired_code(platform)
    charge = Charge.objects.get()
    assert (again(intent).status, charge.status) == ("requires_payment_method", "failed")
    assert charge.next_poll_at > now()
    assert (in_suspense(platform), at_the_processor("thb")) == (0, 0)

    assert time_passes(60) == 1

    # 1,000.00 is at the processor; nobody has it, and it has cost nobody anything.
    row = UnappliedPayment.objects.get()
    assert (row.status, row.amount, row.currency) == ("open", 1_000_00, "thb")
    assert (in_suspense(platform), at_the_processor("thb")) == (1_000_00, 1_000_00)
    assert total(platform, "thb") == 0
    assert again(intent).status == "requires_payment_method"
    charge.refresh_from_db()
    assert (charge.status, charge.amount_captured, charge.next_poll_at) == ("failed", 0, None)
    assert told("unapplied_payment.created") == 1
    assert told("charge.succeeded") == told("payment_intent.succeeded") == 0
    assert_the_processor_agrees()
    assert_books_balance()


def test_it_is_listed_with_what_is_on_its_way_under_its_payment():
    platform = a_platform(country="TH")

    a_late_payment(platform)

    [row] = clearing_ageing()
    assert (row.code, row.owner, row.amount) == ("suspense", platform.account_id, 1_000_00)
    assert row.group == PaymentIntent.objects.get().id
    assert_books_balance()


def test_however_often_and_by_whichever_way_it_is_heard_of_it_is_booked_once():
    platform = a_platform(country="TH")
    intent = an_expired_code(platform)
    charge = Charge.objects.get()
    the_money_comes()

    all_at_once(2, lambda: late_payments.look(Charge.objects.get(), at=now()))
    hear_of(charge.id)
    hear_of(charge.id)
    charges.settle(charge.id, paid(charge), at=now())
    time_passes(70)

    assert UnappliedPayment.objects.count() == told("unapplied_payment.created") == 1
    assert in_suspense(platform) == at_the_processor("thb") == 1_000_00
    assert Charge.objects.get().next_poll_at is None
    assert again(intent).status == "requires_payment_method"
    assert_books_balance()


def paid(charge):
    return Outcome(OutcomeStatus.SUCCEEDED, "simch_1", charge.amount, charge.currency)


def test_a_notice_is_enough_when_nobody_asks_any_more():
    platform = a_platform(country="TH")
    an_expired_code(platform)
    nobody_asks()
    the_money_comes(seconds=9 * 86_400)

    assert delayed_polling.poll_due(at=now() + timedelta(days=9)) == 0
    hear_of(Charge.objects.get().id)

    assert in_suspense(platform) == 1_000_00
    assert_books_balance()


def test_an_old_yes_is_asked_about_again_before_anything_is_booked():
    platform = a_platform(country="TH")
    a_code(platform, "expire_immediately")
    time_passes(5)
    charge = Charge.objects.get()

    # Said before the end, and heard after it.
    charges.settle(charge.id, paid(charge), at=now())
    assert Charge.objects.get().next_poll_at <= now()
    assert delayed_polling.poll_due(at=now()) == 0

    assert not UnappliedPayment.objects.exists()
    assert Charge.objects.get().next_poll_at > now()
    assert at_the_processor("thb") == 0
    assert_books_balance()


def test_a_code_that_never_is_paid_is_asked_after_for_some_days_and_ever_less_often():
    platform = a_platform(country="TH")
    a_code(platform, "fill_never")
    SimulatedRequest.objects.update(created_at=now() - timedelta(days=1))
    began, at, asked = now(), now() + timedelta(minutes=16), 0
    Charge.objects.update(next_poll_at=at)

    while at := Charge.objects.get().next_poll_at:
        delayed_polling.poll_due(at=at)
        last, asked = at, asked + 1

    assert asked <= 12
    assert timedelta(days=1) < last - began < timedelta(days=3, hours=1)
    assert Charge.objects.get().status == "failed"
    assert_books_balance()


def test_a_code_that_was_withdrawn_for_a_card_and_is_paid_all_the_same_is_a_second_payment():
    platform = a_platform(country="TH")
    intent = a_code(platform, "rialto_pay_late", payment_method_types=["card", "promptpay"])
    payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method="pm_card_visa", at=now()
    )
    card = total(platform, "thb")

    time_passes(60)

    assert again(intent).status == "succeeded"
    assert again(intent).amount_received == 1_000_00
    assert in_suspense(platform) == 1_000_00
    assert total(platform, "thb") == card > 0
    assert_the_processor_agrees()
    assert_books_balance()


def test_a_canceled_payment_stays_canceled_and_a_new_code_is_another_payment():
    platform = a_platform(country="TH")
    intent = a_code(platform, "rialto_pay_late")
    cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())
    other = a_code(platform, "succeed_immediately")

    time_passes(60)

    assert (again(intent).status, again(other).status) == ("canceled", "succeeded")
    assert UnappliedPayment.objects.get().charge.payment_intent_id == intent.id
    assert in_suspense(platform) == 1_000_00
    assert_books_balance()


def test_the_payer_may_pay_again_by_a_new_code_of_the_same_payment_meanwhile():
    platform = a_platform(country="TH")
    intent = an_expired_code(platform)
    payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method=payer("succeed_immediately"), at=now()
    )

    time_passes(60)

    assert again(intent).status == "succeeded"
    assert in_suspense(platform) == 1_000_00
    assert at_the_processor("thb") == 1_000_00 + total(platform, "thb")
    assert_books_balance()


def test_another_amount_than_was_asked_for_is_booked_as_the_processor_says():
    platform = a_platform(country="TH")
    an_expired_code(platform)
    row = SimulatedRequest.objects.get()
    row.outcome["amount"] = 999_00
    row.save()

    time_passes(60)

    assert UnappliedPayment.objects.get().amount == 999_00
    assert in_suspense(platform) == at_the_processor("thb") == 999_00
    assert_books_balance()


def test_what_is_no_money_is_an_alarm_and_nothing_is_guessed(caplog):
    platform = a_platform(country="TH")
    an_expired_code(platform)
    row = SimulatedRequest.objects.get()
    row.outcome["currency"] = "zzz"
    row.save()

    time_passes(60)

    assert "Nothing is booked: look there." in caplog.text
    assert not UnappliedPayment.objects.exists()
    # It is asked again.
    assert Charge.objects.get().next_poll_at > now()
    assert at_the_processor("thb") == 0
    assert_books_balance()


def test_a_processor_that_takes_its_word_back_raises_the_alarm_and_the_books_stay(caplog):
    platform = a_platform(country="TH")
    row = a_late_payment(platform)
    refused = Outcome(OutcomeStatus.PENDING, "simch_1", 0, "xxx")

    with rails.simulator_with(find=lambda self, inquiry: refused):
        late_payments.look(row.charge, at=now())

    assert "look there before it is decided" in caplog.text
    assert in_suspense(platform) == 1_000_00
    assert_books_balance()


def test_a_processor_that_does_not_answer_is_asked_again():
    platform = a_platform(country="TH")
    an_expired_code(platform)
    the_money_comes()

    with rails.simulator_with(find=rails.raising(ConnectionError("Gone."))):
        assert time_passes(60) == 0
    assert not UnappliedPayment.objects.exists()
    assert Charge.objects.get().next_poll_at > now()

    assert time_passes(60) == 1
    assert in_suspense(platform) == 1_000_00
    assert_books_balance()


def test_what_the_processor_took_for_it_is_borne_like_any_processing_fee():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    fee_true_ups.true_up(charge_id=row.charge_id, actual_amount=9_00, reference="s1", at=now())

    assert (total(platform, "thb"), in_suspense(platform)) == (-9_00, 1_000_00)
    assert at_the_processor("thb") == 991_00
    assert Charge.objects.get().fee_amount == 9_00
    assert_books_balance()


def test_a_payer_who_is_back_from_its_bank_after_the_end_is_asked_about_at_once():
    platform = a_platform()
    intent = agreeing.an_agreement(platform, "eps", "rialto_pay_late")
    agreeing.time_passes(15)
    charge = Charge.objects.get()
    assert (again(intent).status, charge.status) == ("requires_payment_method", "failed")
    nobody_asks()
    the_money_comes()

    for _ in range(2):
        Client().get(agreeing.path_of(charge.id, "/return"))
    assert not UnappliedPayment.objects.exists()

    assert delayed_polling.poll_due(at=now()) == 1
    Client().get(agreeing.path_of(charge.id, "/return"))
    assert delayed_polling.poll_due(at=now()) == 0
    assert in_suspense(platform, "eur") == 100_00
    assert again(intent).status == "requires_payment_method"
    assert total(platform, "eur") == 0
    assert_the_processor_agrees()
    assert_books_balance()
