"""Payers who are gone while they have to act at the processor: what polling finds."""

from datetime import timedelta

import pytest
from django.test import Client

from payments.inbound.services import delayed_polling
from payments.intents.services import payment_intents
from payments.models import Charge
from tests.books import assert_books_balance, pending, total
from tests.factories import a_platform, now
from tests.payments.stepping import (
    NET,
    again,
    asked,
    asking,
    attempt_of,
    path_of,
    polled,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)


def overdue(intent):
    """Poll as the task does once the payer has been gone for a day."""
    at = now() + timedelta(hours=24, minutes=1)
    Charge.objects.filter(id=attempt_of(intent)).update(next_poll_at=at)
    return delayed_polling.poll_due(at=at)


def test_a_payer_who_never_comes_back_ends_the_attempt_and_may_try_again():
    platform = a_platform()
    with asking() as rail:
        gone, faster = asked(platform), asked(platform)
        charge_id = attempt_of(gone)
        Charge.objects.filter(id=charge_id).update(next_poll_at=now() + timedelta(hours=23))
        delayed_polling.poll_due(at=now() + timedelta(hours=23))
        assert again(gone).status == "requires_action"
        paying = rail.paid_when_canceled = attempt_of(faster)

        assert overdue(gone) + overdue(faster) == 2

        ended = again(gone)
        assert (ended.status, ended.next_action) == ("requires_payment_method", None)
        error = ended.last_payment_error
        assert error["code"] == "payment_intent_payment_attempt_expired"
        assert error["charge"] == charge_id
        assert (Charge.objects.get(id=charge_id).status, rail.requests.keys()) == (
            "failed",
            {charge_id, paying},
        )
        assert "Nothing more to do here" in Client().get(path_of(charge_id)).content.decode()
        assert again(faster).status == "succeeded"
        assert told("payment_intent.payment_failed") == told("charge.failed") == 1
        retried = payment_intents.confirm(
            tenant=platform, intent_id=gone.id, payment_method="pm_card_visa", at=now()
        )
        assert attempt_of(retried) not in (None, charge_id)

    assert pending(platform) == NET
    assert_books_balance()


def test_without_an_answer_about_a_payer_who_is_gone_nothing_is_decided():
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform)
        charge_id = attempt_of(intent)
        rail.loses_cancelations = True
        assert overdue(intent) == 0
        assert (again(intent).status, again(intent).last_payment_error) == ("processing", None)
        assert Charge.objects.get().status == "pending"
        # Whoever is asked says that the payer may go on: it is withdrawn again.
        at = now() + timedelta(hours=25)
        assert payment_intents.repair(at=at) == 0
        rail.loses_cancelations = False

        assert payment_intents.repair(at=at + timedelta(hours=1)) == 1

    assert again(intent).status == "requires_payment_method"
    assert Charge.objects.get(id=charge_id).status == "failed"
    assert total(platform) == 0
    assert_books_balance()


def test_a_rail_that_cannot_be_asked_while_the_payer_acts_raises_no_alarm(caplog):
    with asking() as rail:
        intent = asked(a_platform())
        rail.cannot_be_asked = True
        assert polled() == 0
        rail.cannot_be_asked = False
        calm = caplog.text

        rail.act(attempt_of(intent))
        polled()

    assert "unknown to its processor" not in calm
    assert again(intent).status == "succeeded"
    assert_books_balance()
