"""What operators see of requests whose outcome nobody knows."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.durations import format_duration
from payments.intents.services import authorizations
from payments.models import Charge, PaymentIntent, UnresolvedRequest
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from processors.models import SimulatedRequest
from processors.protocols.base import ProcessorUnavailable
from tests import factories, rails
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db


def page() -> str:
    return reverse("admin:payments_unknown")


def test_the_unknown_are_listed_with_age_and_reason_and_asked_again_by_a_button(operator):
    intent = a_paid_intent(a_platform(), payment_method="pm_card_rialto_timeoutAfterCharge")
    UnresolvedRequest.objects.update(sent_at=now() - timedelta(hours=3, minutes=5))

    shown = operator.get(page()).content.decode()

    assert intent.latest_charge_id in shown
    assert "Charge 100.00 USD" in shown
    assert "3 hours old" in shown
    assert "No answer came." in shown
    assert "The answer was lost." in shown

    answer = operator.post(page(), {"key": intent.latest_charge_id}, follow=True)

    assert "It is answered." in answer.content.decode()
    assert "Nothing is unknown." in answer.content.decode()
    assert PaymentIntent.objects.get().status == "succeeded"
    assert_books_balance()


def test_what_differs_stays_listed_and_says_what_the_rail_answered(operator):
    intent = a_paid_intent(a_platform(), payment_method="pm_card_rialto_timeoutAfterCharge")
    row = SimulatedRequest.objects.get()
    row.outcome["amount"] = 1
    row.save()

    answer = operator.post(page(), {"key": intent.latest_charge_id}, follow=True)

    text = answer.content.decode()
    assert "another amount" in text
    assert "Asked for 100.00 USD, the rail says 0.01 USD" in text
    assert Charge.objects.get().status == "pending"
    assert_books_balance()


def test_refunds_captures_and_setups_can_be_asked_after_too(operator):
    platform = a_platform()
    paid = a_paid_intent(platform)
    held = a_paid_intent(platform, capture_method="manual")

    lost = rails.raising(ProcessorUnavailable("Lost."))
    with rails.simulator_with(refund=lost, capture=lost, verify=lost):
        refunds.create(tenant=platform, intent_id=paid.id, at=now())
        authorizations.capture(tenant=platform, intent_id=held.id, at=now())
        setup_intents.create(tenant=platform, confirm=True, payment_method="pm_card_visa", at=now())
    keys = list(UnresolvedRequest.objects.values_list("key", flat=True))
    assert len(keys) == 3

    shown = operator.get(page()).content.decode()
    for word in ("Refund 100.00 USD", "Capture 100.00 USD", "Setup"):
        assert word in shown
    for key in keys:
        operator.post(page(), {"key": key})

    assert not UnresolvedRequest.objects.exists()
    assert_books_balance()


def test_who_may_only_look_has_no_button_and_strangers_see_nothing():
    a_paid_intent(a_platform(), payment_method="pm_card_rialto_timeoutAfterCharge")
    nobody, client = Client(), Client()
    nobody.force_login(factories.an_operator("n@example.com", role=""))
    client.force_login(factories.an_operator("p@example.com", role="auditor"))

    assert nobody.get(page()).status_code == 403
    assert "Ask again" not in client.get(page()).content.decode()
    assert client.post(page(), {"key": "x"}).status_code == 403
    assert Client().get(page()).status_code == 302


def test_asking_after_what_was_answered_meanwhile_changes_nothing(operator):
    answer = operator.post(page(), {"key": "ch_gone"}, follow=True)

    assert "Nothing was asked: this is no longer unknown." in answer.content.decode()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 minute"), (7_199, "1 hour"), (172_800, "2 days")],
)
def test_an_age_is_written_as_people_say_it(seconds, text):
    assert format_duration(timedelta(seconds=seconds)) == text
