"""The page of payments that came too late, and what operators decide there."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApprovalRequest, ApprovalRule, AuditEvent
from core.admin import page_of
from payments.models import UnappliedPayment
from processors.models import SimulatedRequest
from processors.protocols.base import Outcome, OutcomeStatus, ProcessorUnavailable
from tests import factories, rails
from tests.books import assert_books_balance, at_the_processor, total
from tests.factories import a_platform
from tests.payments.lateness import a_late_payment, an_expired_code, in_suspense
from tests.payments.scanning import time_passes
from tests.payments.test_unapplied_payments import refusing

pytestmark = pytest.mark.django_db

PAGE = "admin:payments_unapplied"
REASON = {"reason": "The payer has asked"}


def page_to(verb, row):
    return reverse(f"admin:payments_unapplied_{verb}", args=[row.id])


@pytest.fixture
def late():
    return a_late_payment(a_platform(country="TH"))


def test_what_came_too_late_is_listed_and_given_back_once(operator, late):
    shown = operator.get(reverse(PAGE)).content.decode()
    asked = operator.get(page_to("return", late)).content.decode()
    done = operator.post(page_to("return", late), REASON, follow=True).content.decode()
    again = operator.post(page_to("return", late), REASON, follow=True).content.decode()
    other = operator.post(page_to("apply", late), REASON).content.decode()

    for words in ("1,000.00 THB", late.id, "promptpay", "unless somebody decides"):
        assert words in shown
    assert f"1,000.00 THB, which came after {late.charge_id} had ended, goes back" in asked
    assert "1,000.00 THB went back to the payer." in done
    assert "Nobody has paid too late." in done
    assert "1,000.00 THB went back to the payer." in again
    assert "what becomes of it is decided already" in other
    assert (in_suspense(late), at_the_processor("thb")) == (0, 0)
    event = AuditEvent.objects.get(action="unapplied_payment.returned")
    assert (event.target_id, event.reason) == (late.id, REASON["reason"])
    assert_books_balance()


def test_the_page_of_the_payment_tells_of_it_and_where_the_money_is(operator, late):
    page = page_of("payments_paymentintent", late.charge.payment_intent_id)

    before = operator.get(page).content.decode()
    operator.post(page_to("apply", late), REASON)
    after = operator.get(page).content.decode()

    assert "Paid too late: somebody has to decide" in before
    assert "Came too late, and is nobody&#x27;s yet" in before
    assert "Late payment given to the merchant" in after
    assert_books_balance()


def test_it_is_given_to_the_merchant_who_has_delivered(operator, late):
    answer = operator.post(page_to("apply", late), REASON, follow=True).content.decode()

    assert f"1,000.00 THB is in the balance of {late.account_id}." in answer
    assert total(late, "thb") == 1_000_00
    assert AuditEvent.objects.filter(action="unapplied_payment.applied").count() == 1
    assert_books_balance()


def test_what_the_processor_never_had_is_taken_out_of_suspense(operator, late):
    there = Outcome(OutcomeStatus.SUCCEEDED, "simch_1", 1_000_00, "thb")
    with rails.simulator_with(find=lambda self, inquiry: there):
        refused = operator.post(page_to("void", late), REASON).content.decode()
    with rails.simulator_with(find=lambda self, inquiry: None):
        done = operator.post(page_to("void", late), REASON, follow=True).content.decode()

    assert "does not say that" in refused
    assert "1,000.00 THB never came: it is out of suspense." in done
    event = AuditEvent.objects.get(action="unapplied_payment.voided")
    assert (event.target_id, event.reason) == (late.id, REASON["reason"])
    assert (in_suspense(late), at_the_processor("thb")) == (0, 0)
    assert_books_balance()


def test_what_is_on_its_way_back_or_was_refused_says_so(operator, late):
    with rails.simulator_with(refund=refusing):
        refused = operator.post(page_to("return", late), REASON, follow=True).content.decode()
    lost = rails.raising(ProcessorUnavailable("Lost."))
    with rails.simulator_with(refund=lost):
        unknown = operator.post(page_to("return", late), REASON, follow=True).content.decode()
    listed = operator.get(reverse("admin:payments_unknown")).content.decode()

    assert "refuses to give 1,000.00 THB back" in refused
    assert "It could not be given back: declined." in refused
    assert "unless somebody decides" not in refused
    assert "The processor has not said the last word." in unknown
    assert "It is on its way back to the payer." in unknown
    assert f"payments/unappliedpayment/{late.id.replace('_', '_5F')}/change/" in listed
    assert in_suspense(late) == 1_000_00
    assert_books_balance()


def test_another_amount_than_was_asked_for_is_red_and_waits_for_a_person(operator):
    an_expired_code(a_platform(country="TH"))
    there = SimulatedRequest.objects.get()
    there.outcome["amount"] = 999_00
    there.save()
    time_passes(60)

    shown = operator.get(reverse(PAGE)).content.decode()
    asked = operator.get(page_to("return", UnappliedPayment.objects.get())).content.decode()

    for text in (shown, asked):
        assert "1,000.00 THB was asked for" in text
    assert "unless somebody decides" not in shown
    assert_books_balance()


def test_a_rule_may_ask_for_another_person(operator, late):
    factories.an_operator("second@example.com")
    ApprovalRule.objects.create(
        action="unapplied_payment.return", currency="thb", above_amount=500_00, in_test_mode=True
    )

    asked = operator.get(page_to("return", late)).content.decode()
    operator.post(page_to("return", late), REASON)

    assert "Ask for approval" in asked
    request = ApprovalRequest.objects.get()
    assert (request.amount, request.account_id) == (1_000_00, late.account_id)
    assert UnappliedPayment.objects.get().status == "open"
    assert in_suspense(late) == 1_000_00
    assert_books_balance()


def test_who_may_only_look_has_no_button(late):
    client = Client()
    client.force_login(factories.an_operator("p@example.com", role="support"))

    shown = client.get(reverse(PAGE)).content.decode()

    assert late.id in shown
    assert "Give it back" not in shown
    assert client.get(page_to("return", late)).status_code == 403
    assert client.post(page_to("apply", late), REASON).status_code == 403
    assert Client().get(reverse(PAGE)).status_code == 302
    assert_books_balance()
