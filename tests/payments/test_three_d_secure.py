"""The payer's bank is asked before the charge: on one amount, payee and card, for one charge."""

from datetime import timedelta

import pytest

from core.errors import CardError, InvalidRequest
from payments.inbound.services import challenges
from payments.inbound.services.challenges import Answer
from payments.intents.services import cancellation, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Authentication, Charge, PaymentIntent
from payments.three_d_secure import sca
from payments.three_d_secure.sca import Since, Step
from payments.three_d_secure.services import evidence
from processors.protocols.base import Enrolment
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, moment, now
from tests.payments.challenging import ASKS, BACK, again, asked_about, challenge, confirmed
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_payer_is_asked_before_there_is_a_charge():
    platform = a_platform()

    intent = asked_about(platform)

    assert intent.status == "requires_action"
    assert intent.next_action["type"] == "redirect_to_url"
    assert intent.next_action["redirect_to_url"]["return_url"] == BACK.return_url
    assert not Charge.objects.exists()
    assert Event.objects.filter(type="payment_intent.requires_action").count() == 1
    assert total(platform) == 0


def test_a_satisfied_bank_leads_to_one_charge_that_carries_the_evidence():
    platform = a_platform()
    intent = asked_about(platform)

    paid = challenges.answer(challenge(intent), Answer.AUTHENTICATED, at=now())
    twice = challenges.answer(challenge(intent), Answer.REJECTED, at=now())

    assert (paid.status, twice.status) == ("succeeded", "succeeded")
    charge = Charge.objects.get()
    assert charge.three_d_secure == {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": "none",
        "exemption_indicator_applied": False,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": challenge(intent).transaction_id,
        "version": "2.2.0",
    }
    assert challenge(intent).charge_id == charge.id
    assert evidence.is_intact(challenge(intent))
    assert again(intent).next_action is None
    assert total(platform) == 96_80
    assert_books_balance()


@pytest.mark.parametrize(
    ("answer", "status", "result", "reason"),
    [
        (Answer.REJECTED, "failed", "failed", "rejected"),
        (Answer.CANCELED, "failed", "failed", "canceled"),
        (Answer.ABANDONED, "failed", "failed", "abandoned"),
        (Answer.UNAVAILABLE, "failed", "processing_error", "protocol_error"),
    ],
)
def test_a_bank_that_is_not_satisfied_ends_the_try_without_a_charge(answer, status, result, reason):
    platform = a_platform()
    intent = asked_about(platform)

    refused = challenges.answer(challenge(intent), answer, at=now())

    assert refused.status == "requires_payment_method"
    assert refused.last_payment_error["code"] == "payment_intent_authentication_failure"
    assert refused.payment_method is None
    row = challenge(intent)
    assert (row.status, row.result, row.result_reason) == (status, result, reason)
    assert not Charge.objects.exists()
    assert confirmed(platform, intent, payment_method="pm_card_visa").status == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()


def test_three_wrong_codes_end_it_and_two_do_not():
    platform = a_platform()
    first, second = asked_about(platform), asked_about(platform)

    for _ in range(2):
        challenges.answer(challenge(first), Answer.WRONG_CODE, at=now())
    for _ in range(3):
        challenges.answer(challenge(second), Answer.WRONG_CODE, at=now())

    assert challenges.answer(challenge(first), Answer.AUTHENTICATED, at=now()).status == "succeeded"
    assert challenges.answer(challenge(second), Answer.AUTHENTICATED, at=now()).status == (
        "requires_payment_method"
    )
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_card_may_be_declined_although_the_bank_was_satisfied():
    platform = a_platform()
    intent = a_paid_intent(
        platform, payment_method="pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    )

    with pytest.raises(CardError) as declined:
        challenges.answer(challenge(intent), Answer.AUTHENTICATED, at=now())

    assert declined.value.extra["decline_code"] == "insufficient_funds"
    assert again(intent).status == "requires_payment_method"
    assert Charge.objects.get().three_d_secure["result"] == "authenticated"
    assert total(platform) == 0
    assert_books_balance()


def test_ten_minutes_later_it_is_too_late():
    platform = a_platform()
    intent = asked_about(platform)
    later = now() + timedelta(minutes=10, seconds=1)

    assert challenges.expire(at=now()) == 0
    assert challenges.expire(at=later) == 1

    assert challenge(intent).result_reason == "abandoned"
    assert again(intent).status == "requires_payment_method"
    assert not Charge.objects.exists()


def test_off_session_nobody_can_be_asked_and_the_bank_declines():
    platform = a_platform()

    with pytest.raises(CardError) as declined:
        a_paid_intent(platform, payment_method=ASKS, session=ConfirmationOptions(is_off=True))

    assert declined.value.code == "authentication_required"
    assert declined.value.extra["decline_code"] == "authentication_required"
    assert Charge.objects.get().status == "failed"
    assert not Authentication.objects.exists()
    assert total(platform) == 0
    assert_books_balance()


def test_a_try_that_may_not_wait_fails_before_anybody_is_asked():
    platform = a_platform()

    with pytest.raises(CardError) as refused:
        a_paid_intent(
            platform, payment_method=ASKS, session=ConfirmationOptions(refuses_actions=True)
        )

    assert refused.value.code == "authentication_required"
    intent = PaymentIntent.objects.get()
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error["code"] == "authentication_required"
    assert Authentication.objects.get().status == "canceled"
    assert not Charge.objects.exists()


def test_another_amount_is_not_what_the_payer_agreed_to():
    platform = a_platform()
    intent = asked_about(platform)

    changed = payment_intents.update(
        tenant=platform, intent_id=intent.id, changes={"amount": 99_00}, at=now()
    )

    assert (changed.status, changed.next_action) == ("requires_confirmation", None)
    assert challenge(intent).status == "canceled"
    late = challenges.answer(challenge(intent), Answer.AUTHENTICATED, at=now())
    assert late.status == "requires_confirmation"
    anew = confirmed(platform, intent)
    assert anew.status == "requires_action"
    assert (challenge(anew).amount, challenge(anew).id) != (100_00, challenge(intent).id)
    assert not Charge.objects.exists()


def test_other_words_leave_the_question_open():
    platform = a_platform()
    intent = asked_about(platform)

    payment_intents.update(
        tenant=platform, intent_id=intent.id, changes={"description": "tea"}, at=now()
    )

    assert challenges.answer(challenge(intent), Answer.AUTHENTICATED, at=now()).status == (
        "succeeded"
    )


def test_who_confirms_by_hand_uses_the_evidence_once():
    platform = a_platform()
    intent = asked_about(platform, confirmation_method="manual")

    waiting = challenges.answer(challenge(intent), Answer.AUTHENTICATED, at=now())
    paid = confirmed(platform, intent)

    assert (waiting.status, paid.status) == ("requires_confirmation", "succeeded")
    assert Authentication.objects.count() == 1
    assert challenge(intent).charge_id == paid.latest_charge_id
    assert total(platform) == 96_80
    assert_books_balance()


def test_evidence_that_was_changed_is_not_used():
    platform = a_platform()
    intent = asked_about(platform, confirmation_method="manual")
    challenges.answer(challenge(intent), Answer.REJECTED, at=now())
    payment_intents.update(
        tenant=platform, intent_id=intent.id, payment_method=ASKS, changes={}, at=now()
    )
    Authentication.objects.update(status="succeeded", result="authenticated")

    asked_again = confirmed(platform, intent)

    assert not evidence.is_intact(Authentication.objects.order_by("id").first())
    assert asked_again.status == "requires_action"
    assert not Charge.objects.exists()


def test_a_canceled_intent_asks_nobody():
    platform = a_platform()
    intent = asked_about(platform)

    canceled = cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())

    assert (canceled.status, canceled.next_action) == ("canceled", None)
    assert challenge(intent).status == "canceled"
    assert challenges.answer(challenge(intent), Answer.AUTHENTICATED, at=now()).status == "canceled"
    assert not Charge.objects.exists()


@pytest.mark.parametrize("url", ["shop", "ftp://shop.example/", "https://me@shop.example/"])
def test_a_way_back_that_is_no_web_page_is_refused(url):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        a_paid_intent(platform, payment_method=ASKS, session=ConfirmationOptions(return_url=url))

    assert (refused.value.code, refused.value.param) == ("url_invalid", "return_url")
    assert not PaymentIntent.objects.exists()


@pytest.mark.parametrize(
    ("card", "wish", "status", "result"),
    [
        ("pm_card_visa", "automatic", "succeeded", None),
        ("pm_card_visa", "any", "succeeded", "attempt_acknowledged"),
        ("pm_card_amex", "any", "succeeded", "not_supported"),
        ("pm_card_threeDSecureOptional", "automatic", "succeeded", None),
        ("pm_card_threeDSecureOptional", "any", "succeeded", "authenticated"),
        ("pm_card_threeDSecureOptional", "challenge", "requires_action", None),
        ("pm_card_threeDSecureOptionalProcessingError", "any", "succeeded", "processing_error"),
        ("pm_card_authenticationRequiredOnSetup", "automatic", "requires_action", None),
    ],
)
def test_what_comes_before_the_charge_depends_on_the_card_and_the_wish(card, wish, status, result):
    platform = a_platform()

    intent = a_paid_intent(
        platform,
        payment_method=card,
        payment_method_options={"card": {"request_three_d_secure": wish}},
    )

    assert intent.status == status
    shown = Charge.objects.values_list("three_d_secure__result", flat=True).first()
    assert shown == result
    assert_books_balance()


def test_a_card_that_was_set_up_is_charged_later_without_the_payer():
    platform = a_platform()
    intent = a_paid_intent(
        platform,
        payment_method="pm_card_authenticationRequiredOnSetup",
        setup_future_usage="off_session",
    )
    paid = challenges.answer(challenge(intent), Answer.AUTHENTICATED, at=now())

    later = a_paid_intent(
        platform, payment_method=paid.payment_method_id, session=ConfirmationOptions(is_off=True)
    )

    assert later.status == "succeeded"
    assert total(platform) == 2 * 96_80
    assert_books_balance()


def test_in_europe_a_small_payment_is_exempt_and_a_larger_one_is_authenticated():
    platform = a_platform(country="DE")
    pay = {"payment_method": "pm_card_de", "currency": "eur"}

    small = a_paid_intent(platform, amount=30_00, **pay)
    larger = a_paid_intent(platform, amount=30_01, **pay)

    results = dict(Charge.objects.values_list("payment_intent_id", "three_d_secure"))
    assert results[small.id]["result"] == "exempted"
    assert results[small.id]["exemption_indicator"] == "low_risk"
    assert results[larger.id]["result"] == "authenticated"
    assert results[larger.id]["authentication_flow"] == "frictionless"
    assert_books_balance()


@pytest.mark.parametrize(
    ("amount", "day", "before", "name"),
    [
        (30_00, "2026-01-01", Since(0, 0), "low_value"),
        (30_01, "2026-01-01", Since(0, 0), None),
        (10_00, "2026-01-01", Since(5, 50_00), None),
        (30_00, "2026-01-01", Since(4, 70_00), "low_value"),
        (30_00, "2026-01-01", Since(4, 70_01), None),
        (30_00, "2019-09-13", Since(0, 0), None),
    ],
)
def test_an_exemption_holds_on_its_days_and_up_to_its_amounts(amount, day, before, name):
    exemption = sca.exemption_for(amount, "eur", moment(f"{day}T00:00").date(), before)

    assert exemption == name


def test_a_card_that_is_always_asked_about_is_not_exempt():
    verdict = sca.decide(
        Enrolment.REQUIRED, "automatic", is_regulated=True, is_set_up=False, exemption="low_value"
    )

    assert verdict.step is Step.CHALLENGE
