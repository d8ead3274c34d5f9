"""What every rail has to stand: the same tests against each of them.

The stripe rail is tried against a second Rialto on this machine, since that speaks Stripe's
protocol.
"""

from datetime import timedelta

import pytest
from django.test import Client

from core.errors import CardError, InvalidRequest
from payments import pages
from payments.inbound.services import notices
from payments.intents.services import authorizations, cancellation, payment_intents
from payments.models import Charge, Refund, UnresolvedRequest
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from processors import gateway, registry
from processors.models import InboundNotice
from processors.protocols.base import (
    Action,
    CancelsRefunds,
    Capabilities,
    ChargeRequest,
    OutcomeStatus,
)
from processors.protocols.notices import SendsNotices
from tests.books import assert_books_balance, in_transit, total
from tests.factories import a_paid_intent, a_platform, as_owner, now

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=1)


def tell(world, notice) -> int:
    body, headers = notice
    answer = Client().post(
        f"/inbound/{world.name}/", body, content_type="application/json", headers=headers
    )
    return answer.status_code


def hear(world, told) -> None:
    for notice in told:
        assert tell(world, notice) == 200
    notices.sweep(at=now() + LATER)
    assert not InboundNotice.objects.exclude(problem="").exists()


def carried_out(world) -> None:
    """Hear what became of what the processor has only taken on."""
    hear(world, world.outstanding(at=now()))


def can(world) -> Capabilities:
    return registry.get(world.name).capabilities


def status(intent) -> str:
    intent.refresh_from_db()
    return intent.status


# One request


def test_the_same_key_twice_moves_money_once_and_gives_the_first_answer(world):
    a_paid_intent(a_platform())
    key = Charge.objects.get().id
    request = ChargeRequest(
        key=key,
        amount=10_000,
        currency="usd",
        instrument="visa",
        return_url=pages.return_address(key),
    )

    first = gateway.charge(world.name, request)
    again = gateway.charge(world.name, request)

    assert first == again
    assert first.reference == Charge.objects.get().processor_reference
    assert (first.amount, first.currency) == (10_000, "usd")
    assert world.moved(key) == [10_000]


def test_a_decline_says_why_in_the_words_of_the_wire(world):
    with pytest.raises(CardError) as refused:
        a_paid_intent(a_platform(), payment_method="pm_card_chargeDeclinedInsufficientFunds")

    assert refused.value.code == "card_declined"
    charge = Charge.objects.get()
    assert charge.failure["decline_code"] == "insufficient_funds"
    assert charge.failure["advice"] == "retry_later"
    assert not charge.failure["is_error"]
    assert_books_balance()


def test_what_was_authorised_is_captured_in_part_or_let_go(world):
    platform = a_platform()
    taken = a_paid_intent(platform, capture_method="manual")
    let_go = a_paid_intent(platform, capture_method="manual")
    assert taken.status == let_go.status == "requires_capture"

    authorizations.capture(tenant=platform, intent_id=taken.id, amount_to_capture=60_00, at=now())
    cancellation.cancel(tenant=platform, intent_id=let_go.id, at=now())
    carried_out(world)

    assert (status(taken), taken.amount_received) == ("succeeded", 60_00)
    assert status(let_go) == "canceled"
    assert not any(world.moved(let_go.latest_charge_id))
    assert world.moved(taken.latest_charge_id) == [60_00]
    assert_books_balance()


def test_a_card_can_be_kept_for_later(world):
    kept = setup_intents.create(
        tenant=a_platform(), confirm=True, payment_method="pm_card_visa", at=now()
    )

    assert kept.status == "succeeded"


# Lost


@pytest.mark.parametrize("what", ["answers", "requests"])
def test_a_charge_that_is_lost_is_found_and_made_once(world, what):
    platform = a_platform()
    with world.losing(what):
        intent = a_paid_intent(platform)
        assert status(intent) == "processing"
        if what == "requests":
            assert payment_intents.repair(at=now() + LATER) == 0
    assert total(platform) == 0
    assert UnresolvedRequest.objects.get().reason == "no_answer"

    assert payment_intents.repair(at=now() + 3 * LATER) == 1

    assert status(intent) == "succeeded"
    assert world.moved(intent.latest_charge_id) == [10_000]
    assert total(platform) == 96_80
    assert_books_balance()


@pytest.mark.parametrize("what", ["answers", "requests"])
def test_a_capture_a_void_a_refund_and_a_setup_that_are_lost_are_done_once(world, what):
    platform = a_platform()
    paid = a_paid_intent(platform)
    held = a_paid_intent(platform, capture_method="manual")
    let_go = a_paid_intent(platform, capture_method="manual")
    with world.losing(what):
        authorizations.capture(tenant=platform, intent_id=held.id, at=now())
        cancellation.cancel(tenant=platform, intent_id=let_go.id, at=now())
        refunds.create(tenant=platform, intent_id=paid.id, amount=40_00, at=now())
        kept = setup_intents.create(
            tenant=platform, confirm=True, payment_method="pm_card_visa", at=now()
        )
    assert UnresolvedRequest.objects.count() == 4

    at, is_told_later = now() + LATER, can(world).answers_later
    assert payment_intents.repair(at=at) == (0 if is_told_later else 2)
    assert refunds.repair(at=at) == (0 if is_told_later else 1)
    assert setup_intents.repair(at=at) == 1
    carried_out(world)

    assert [status(row) for row in (held, let_go, kept)] == ["succeeded", "canceled", "succeeded"]
    assert Refund.objects.get().status == "succeeded"
    assert in_transit(platform) == 0
    assert_books_balance()


def test_late_success_is_told_by_a_notice_before_anybody_asks(world):
    platform = a_platform()
    with world.losing("answers"):
        intent = a_paid_intent(platform)

    hear(world, world.notices("charge", intent.latest_charge_id, at=now()))

    assert status(intent) == "succeeded"
    assert total(platform) == 96_80
    assert payment_intents.repair(at=now() + LATER) == 0
    assert_books_balance()


def test_what_the_processor_itself_does_not_know_yet_stays_open_until_it_does(world):
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    assert status(intent) == "processing"
    assert UnresolvedRequest.objects.get().reason == world.late_reason

    world.time_passes()
    hear(world, world.notices("charge", intent.latest_charge_id, at=now()))

    assert status(intent) == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()


# Late


def test_a_refund_that_fails_late_gives_the_money_back(world):
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_refundFail")
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
    carried_out(world)
    assert status(refund) == "succeeded"

    world.time_passes()
    hear(world, world.notices("refund", refund.id, at=now()))

    assert (status(refund), refund.failure_reason) == ("failed", world.refund_failure)
    assert (total(platform), in_transit(platform)) == (96_80, 0)
    assert_books_balance()


def test_a_pending_refund_succeeds_late_or_can_be_stopped(world):
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    stopped = refunds.create(tenant=platform, intent_id=intent.id, amount=10_00, at=now())
    is_stopped = isinstance(registry.get(world.name), CancelsRefunds)
    if is_stopped:
        refunds.cancel(tenant=platform, refund_id=stopped.id, at=now())
    else:
        with pytest.raises(InvalidRequest, match="cannot be canceled"):
            refunds.cancel(tenant=platform, refund_id=stopped.id, at=now())
    goes_on = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
    assert (status(stopped), status(goes_on)) == (
        "canceled" if is_stopped else "pending",
        "pending",
    )

    world.time_passes()
    carried_out(world)
    hear(world, world.notices("refund", goes_on.id, at=now()))

    assert status(goes_on) == "succeeded"
    assert (total(platform), in_transit(platform)) == (56_80 if is_stopped else 46_80, 0)
    assert_books_balance()


def test_a_refund_that_was_made_there_is_booked_once(world):
    platform = a_platform()
    a_paid_intent(platform)
    told = world.refund_outside(Charge.objects.get(), 30_00, at=now())

    hear(world, told + told)

    refund = Refund.objects.get()
    assert (refund.is_outside, refund.amount, refund.status) == (True, 30_00, "succeeded")
    assert total(platform) == 66_80
    assert_books_balance()


# Notices


def test_duplicate_and_reversed_notices_do_no_harm(world):
    platform = a_platform()
    intent = a_paid_intent(platform)
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
    carried_out(world)
    told = world.notices("charge", intent.latest_charge_id, at=now())
    told += world.notices("refund", refund.id, at=now())
    before = (status(intent), status(refund), total(platform))

    hear(world, list(reversed(told)) + told)
    for row in InboundNotice.objects.all():
        assert not notices.apply(notice_id=row.id, at=now())

    assert InboundNotice.objects.count() == len(told)
    assert InboundNotice.objects.filter(next_at=None).count() == len(told)
    assert (status(intent), status(refund), total(platform)) == before
    assert_books_balance()


def test_a_notice_about_nothing_of_ours_is_kept_and_changes_nothing(world):
    intent = a_paid_intent(a_platform())
    told = world.notices("charge", intent.latest_charge_id, at=now())
    as_owner("UPDATE payments_charge SET processor = 'elsewhere'")

    hear(world, told)

    assert InboundNotice.objects.filter(applied_at=None).count() == 0


@pytest.mark.parametrize("skew", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_clock_that_is_too_wrong_loses_the_notice_and_not_the_payment(world, skew):
    platform = a_platform()
    with world.losing("answers"):
        intent = a_paid_intent(platform)
    told = world.notices("charge", intent.latest_charge_id, at=now() + skew)

    if can(world).dates_notices:
        assert {tell(world, notice) for notice in told} == {400}
        assert not InboundNotice.objects.exists()
        assert payment_intents.repair(at=now() + LATER) == 1
    else:
        # Nothing in it says when: it is as good as at any other time.
        hear(world, told)

    assert status(intent) == "succeeded"
    assert_books_balance()


@pytest.mark.parametrize("skew", [timedelta(minutes=-4), timedelta(minutes=4)])
def test_a_clock_that_is_a_little_wrong_does_no_harm(world, skew):
    with world.losing("answers"):
        intent = a_paid_intent(a_platform())

    hear(world, world.notices("charge", intent.latest_charge_id, at=now() + skew))

    assert status(intent) == "succeeded"


@pytest.mark.attacks
def test_what_is_not_signed_by_the_processor_is_not_kept(world):
    intent = a_paid_intent(a_platform())
    told, *_ = world.notices("charge", intent.latest_charge_id, at=now())

    for forged in world.forgeries(told):
        assert tell(world, forged) == 400
    assert not InboundNotice.objects.exists()


# Amounts


def test_another_amount_is_put_aside_and_settled_once_it_is_the_right_one(world):
    platform = a_platform()
    with world.losing("answers"):
        intent = a_paid_intent(platform)
    with world.lying():
        assert payment_intents.repair(at=now() + LATER) == 0
    question = UnresolvedRequest.objects.get()
    assert (question.reason, status(intent)) == ("amount_differs", "processing")
    assert "Asked for 100.00 USD, the rail says 100.01 USD" in question.message
    assert total(platform) == 0

    assert payment_intents.repair(at=now() + 3 * LATER) == 1

    assert status(intent) == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()


def test_the_rail_says_what_it_can_do(world):
    assert "card" in can(world).methods
    assert isinstance(registry.find(world.name), SendsNotices)
    assert gateway.find(world.name, _never_sent()) is None


def _never_sent():
    from processors.protocols.base import Inquiry

    return Inquiry(Action.CHARGE, "ch_never", "ch_never")


def test_every_outcome_is_one_of_six():
    assert {status.value for status in OutcomeStatus} == {
        "succeeded",
        "pending",
        "action_required",
        "declined",
        "errored",
        "unknown",
    }
