"""Unknown is never failed: the rail is asked by our own key until it says something."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import CardError
from payments.charges.services import unresolved_requests
from payments.intents.services import payment_intents
from payments.models import Charge, Refund, UnresolvedRequest
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from processors.protocols.base import Outcome, OutcomeStatus, ProcessorUnavailable
from processors.protocols.declines import Decline
from processors.simulator.rail import Simulator
from tests import rails
from tests.books import assert_books_balance, in_transit, total
from tests.factories import a_paid_intent, a_platform, now
from tests.truth import assert_the_processor_agrees

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def truth(db):
    """Whatever happens here, the processor's own book says the same in the end."""
    yield
    assert_the_processor_agrees()


@pytest.mark.parametrize(
    "token", ["pm_card_rialto_timeoutAfterCharge", "pm_card_rialto_timeoutBeforeCharge"]
)
def test_a_lost_answer_leaves_the_intent_processing_until_the_rail_is_asked(token):
    platform = a_platform()

    intent = a_paid_intent(platform, payment_method=token)

    assert intent.status == "processing"
    assert Charge.objects.get().status == "pending"
    assert total(platform) == 0

    assert payment_intents.repair(at=now() + LATER) == 1

    intent.refresh_from_db()
    assert intent.status == "succeeded"
    assert total(platform) == 96_80
    assert SimulatedRequest.objects.filter(action="charge").count() == 1
    assert_books_balance()


def test_asking_twice_changes_nothing_more():
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")

    payment_intents.repair(at=now() + LATER)
    assert payment_intents.repair(at=now() + LATER) == 0

    assert total(platform) == 96_80
    assert_books_balance()


def test_a_late_refund_keeps_its_money_in_transit_until_it_is_confirmed():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")

    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())

    assert refund.status == "pending"
    assert (total(platform), in_transit(platform)) == (56_80, 40_00)
    assert_books_balance()

    SimulatedRequest.objects.filter(action="refund").update(created_at=now() - LATER)
    assert refunds.repair(at=now() + LATER) == 1

    assert Refund.objects.get().status == "succeeded"
    assert (total(platform), in_transit(platform)) == (56_80, 0)
    assert_books_balance()


def test_a_refused_refund_gives_the_money_back_to_where_it_came_from():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_rialto_refundDeclined")

    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())

    assert refund.status == "failed"
    assert refund.failure_balance_transaction_id
    assert Charge.objects.get().amount_refunded == 0
    assert (total(platform), in_transit(platform)) == (96_80, 0)
    assert_books_balance()


def test_a_rail_that_moved_another_amount_is_not_believed_and_keeps_nobody_waiting():
    platform = a_platform()
    wrong = a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    right = a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    request = SimulatedRequest.objects.get(key=wrong.latest_charge_id)
    request.outcome["amount"] += 1
    request.save()

    assert payment_intents.repair(at=now() + LATER) == 1

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.status, right.status) == ("processing", "succeeded")
    assert total(platform) == 96_80
    assert_books_balance()
    question = UnresolvedRequest.objects.get(object_id=wrong.latest_charge_id)
    assert question.reason == "amount_differs"
    assert "Asked for 100.00 USD, the rail says 100.01 USD" in question.message


def test_another_currency_is_another_amount_and_is_settled_once_the_rail_says_the_right_one():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    request = SimulatedRequest.objects.get()
    request.outcome["currency"] = "eur"
    request.save()
    assert payment_intents.repair(at=now() + LATER) == 0

    request.outcome["currency"] = "usd"
    request.save()
    assert payment_intents.repair(at=now() + 2 * LATER) == 1

    intent.refresh_from_db()
    assert intent.status == "succeeded"
    assert unresolved_requests.close_answered() == 1
    assert not UnresolvedRequest.objects.exists()
    assert_books_balance()


def test_the_rail_is_asked_at_growing_intervals_for_ever_and_nothing_is_ever_called_failed():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    asked = []

    def silent(self, inquiry):
        asked.append(inquiry.key)
        raise ProcessorUnavailable("Nobody answers.")

    with rails.simulator_with(find=silent):
        at, gaps, last = now() + LATER, [], None
        for _ in range(14):
            assert payment_intents.repair(at=at) == 0
            assert payment_intents.repair(at=at) == 0
            if last:
                gaps.append(at - last)
            last, at = at, UnresolvedRequest.objects.get().next_poll_at
    assert len(asked) == 14
    assert gaps == sorted(gaps)
    assert gaps[-1] == gaps[-2] == timedelta(days=1)
    intent.refresh_from_db()
    assert (intent.status, Charge.objects.get().status) == ("processing", "pending")

    assert payment_intents.repair(at=at) == 1

    intent.refresh_from_db()
    assert intent.status == "succeeded"
    assert_books_balance()


def test_many_unknown_do_not_keep_a_new_one_from_being_asked_after():
    platform = a_platform()
    for _ in range(3):
        a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    UnresolvedRequest.objects.update(next_poll_at=now() + timedelta(days=1))
    newest = a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")

    assert payment_intents.repair(at=now() + LATER) == 1

    newest.refresh_from_db()
    assert newest.status == "succeeded"


@pytest.mark.parametrize("failure", [RuntimeError("a mistake in the rail"), KeyError("amount")])
def test_a_rail_that_breaks_is_an_unknown_outcome_and_not_a_decline(failure):
    platform = a_platform()

    with rails.simulator_with(charge=rails.losing_the_answer("charge", failure)):
        intent = a_paid_intent(platform)

    assert intent.status == "processing"
    assert UnresolvedRequest.objects.get().reason == "unreadable"
    assert payment_intents.repair(at=now() + LATER) == 1
    intent.refresh_from_db()
    assert intent.status == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()


@pytest.fixture
def _forgetful():
    """The simulated processor knows the key of a request for an hour."""
    with rails.simulator_with(capabilities=replace(Simulator.capabilities, key_seconds=3600)):
        yield


@pytest.mark.usefixtures("_forgetful")
def test_a_request_is_not_sent_again_once_the_rail_may_have_forgotten_its_key():
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_rialto_timeoutBeforeCharge")

    assert payment_intents.repair(at=now() + timedelta(hours=2)) == 0

    assert UnresolvedRequest.objects.get().reason == "key_expired"
    assert not SimulatedRequest.objects.filter(action="charge").exists()
    assert payment_intents.repair(at=now() + timedelta(minutes=50)) == 0  # not yet asked again
    assert Charge.objects.get().status == "pending"


def test_a_rail_that_could_not_do_it_fails_the_charge_and_is_told_apart_from_a_decline():
    platform = a_platform()
    why = Decline("processing_error", "An error occurred.", for_operator="No such card product.")

    def errored(self, request):
        return Outcome(OutcomeStatus.ERRORED, "x_1", 0, "usd", decline=why)

    with rails.simulator_with(charge=errored), pytest.raises(CardError) as refused:
        a_paid_intent(platform)

    assert refused.value.code == "processing_error"
    assert not {"advice", "is_error", "for_operator"} & set(refused.value.extra)
    failure = Charge.objects.get().failure
    assert (failure["is_error"], failure["advice"]) == (True, "retry_other")
    assert failure["for_operator"] == "No such card product."
    assert_books_balance()


@pytest.mark.parametrize("status", [OutcomeStatus.PENDING, OutcomeStatus.ACTION_REQUIRED])
def test_an_answer_that_is_not_the_last_word_keeps_the_charge_open(status):
    platform = a_platform()
    later = Outcome(status, "x_1", 10_000, "usd")

    with rails.simulator_with(charge=lambda self, request: later):
        intent = a_paid_intent(platform)

    assert intent.status == "processing"
    charge = Charge.objects.get()
    assert (charge.status, charge.processor_reference) == ("pending", "x_1")
    assert UnresolvedRequest.objects.get().reason == status.value
    assert total(platform) == 0
