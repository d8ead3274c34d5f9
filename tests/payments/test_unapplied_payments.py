"""What becomes of payments that came too late: back to the payer, or the merchant's."""

from datetime import timedelta
from functools import partial

import pytest

from core.errors import InvalidRequest
from ledger.models import BalanceTransaction
from ledger.posting import maturation
from payments.charges.services import unresolved_requests
from payments.inbound.services import manual_retry, notices
from payments.inbound.services import settlements as statements
from payments.models import Charge, UnappliedPayment, UnresolvedRequest
from payments.unapplied.services import applications, late_payments, returns, voids
from processors import inbox, settlements
from processors.models import SimulatedRequest
from processors.protocols.base import Outcome, OutcomeStatus, ProcessorUnavailable
from processors.protocols.declines import Decline
from processors.protocols.settlements import LineKind, ReportedLine
from processors.simulator import notices as simulated
from tests import rails
from tests.books import assert_books_balance, at_the_processor, total, usable
from tests.factories import a_platform, now
from tests.payments.lateness import a_late_payment, again, an_expired_code, in_suspense
from tests.payments.scanning import time_passes
from tests.payments.test_races import all_at_once_each
from tests.truth import assert_the_processor_agrees
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = Decline("declined", "The account does not exist.")


def told():
    return Event.objects.filter(type="unapplied_payment.updated").count()


def refusing(self, request):
    return Outcome(OutcomeStatus.DECLINED, "simre_no", 0, request.currency, decline=REFUSED)


def test_it_goes_back_to_the_payer_and_nothing_is_left_of_it():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    done = returns.give_back(unapplied_id=row.id, at=now())

    assert (done.status, done.pending_since, told()) == ("returned", None, 2)
    assert done.return_reference.startswith("simre_")
    assert (in_suspense(platform), at_the_processor("thb"), total(platform, "thb")) == (0, 0, 0)
    assert Charge.objects.get().amount_refunded == 0
    assert_the_processor_agrees()
    assert_books_balance()


def test_it_is_the_merchants_on_the_day_on_which_the_payment_would_have_been():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    done = applications.apply(unapplied_id=row.id, at=now())

    # All of it: no share and no fee is taken of what is given by hand.
    line = BalanceTransaction.objects.get(id=done.balance_transaction_id)
    assert (done.status, line.type, line.amount, line.fee) == ("applied", "adjustment", 1_000_00, 0)
    assert line.source == row.charge_id
    assert (in_suspense(platform), total(platform, "thb")) == (0, 1_000_00)
    assert (usable(platform, "thb"), at_the_processor("thb")) == (0, 1_000_00)
    maturation.mature(at=now() + timedelta(days=30))
    assert usable(platform, "thb") == 1_000_00
    assert_the_processor_agrees()
    assert_books_balance()


def test_what_is_decided_weeks_later_is_usable_at_once():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    applications.apply(unapplied_id=row.id, at=now() + timedelta(days=20))

    assert usable(platform, "thb") == 1_000_00
    assert_books_balance()


def test_what_never_came_goes_out_of_suspense_once_the_processor_says_so(caplog):
    platform = a_platform(country="TH")
    row = a_late_payment(platform)
    lost = rails.raising(ProcessorUnavailable("Lost."))

    with pytest.raises(InvalidRequest, match="for it that payment is succeeded"):
        voids.void(unapplied_id=row.id, at=now())
    with rails.simulator_with(find=lost), pytest.raises(InvalidRequest, match="is unknown"):
        voids.void(unapplied_id=row.id, at=now())
    assert (again(row).status, in_suspense(platform)) == ("open", 1_000_00)
    with rails.simulator_with(find=lambda self, inquiry: None):
        done = voids.void(unapplied_id=row.id, at=now())
    with pytest.raises(InvalidRequest, match="is decided already"):
        voids.void(unapplied_id=row.id, at=now())
    late_payments.look(Charge.objects.get(), at=now())

    assert (done.status, told()) == ("voided", 1)
    assert (in_suspense(platform), at_the_processor("thb"), total(platform, "thb")) == (0, 0, 0)
    assert "never came, and its rail says that it has" in caplog.text
    assert_books_balance()


def test_of_two_who_decide_at_once_one_decides():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    results = all_at_once_each(
        lambda: returns.give_back(unapplied_id=row.id, at=now()),
        lambda: applications.apply(unapplied_id=row.id, at=now()),
        lambda: returns.give_back(unapplied_id=row.id, at=now()),
    )

    refused = [one for one in results if isinstance(one, InvalidRequest)]
    assert len(refused) == 2
    assert all("is decided already" in one.message for one in refused)
    is_applied = again(row).status == "applied"
    assert in_suspense(platform) == 0
    assert total(platform, "thb") == at_the_processor("thb") == 1_000_00 * is_applied
    assert_the_processor_agrees()
    assert_books_balance()


@pytest.mark.parametrize("what", ["request", "answer"])
def test_a_return_whose_answer_is_lost_is_unknown_and_found_and_done_once(what):
    platform = a_platform(country="TH")
    row = a_late_payment(platform)
    error = ProcessorUnavailable("Lost.")
    lost = rails.losing_the_answer("refund", error) if what == "answer" else rails.raising(error)

    with rails.simulator_with(refund=lost):
        asked = returns.give_back(unapplied_id=row.id, at=now())
    assert (asked.status, in_suspense(platform)) == ("returning", 1_000_00)
    question = UnresolvedRequest.objects.get()
    assert (question.key, question.object_id) == (row.return_key, row.id)
    assert unresolved_requests.close_answered() == 0
    with pytest.raises(InvalidRequest, match="is returning"):
        applications.apply(unapplied_id=row.id, at=now())

    if what == "answer":
        assert manual_retry.ask_now(key=row.return_key, at=now()) is None
    else:
        assert returns.repair(at=now() + timedelta(minutes=1)) == 1

    assert again(row).status == "returned"
    assert SimulatedRequest.objects.filter(action="refund").count() == 1
    assert (in_suspense(platform), at_the_processor("thb")) == (0, 0)
    assert unresolved_requests.close_answered() == (what == "request")
    assert_the_processor_agrees()
    assert_books_balance()


def test_what_the_processor_refuses_to_give_back_is_open_again_and_tried_under_another_key():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    with rails.simulator_with(refund=refusing):
        refused = returns.give_back(unapplied_id=row.id, at=now())

    assert (refused.status, refused.failure_reason, refused.decided_at) == (
        "open",
        "declined",
        None,
    )
    assert in_suspense(platform) == 1_000_00
    assert refused.return_key == f"{row.id}_return2"

    assert returns.give_back(unapplied_id=row.id, at=now()).status == "returned"
    assert (in_suspense(platform), at_the_processor("thb")) == (0, 0)
    assert again(row).failure_reason is None
    assert_books_balance()


def test_what_comes_back_from_the_payers_bank_is_in_suspense_again_and_can_be_the_merchants():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)
    returns.give_back(unapplied_id=row.id, at=now())
    came_back = Outcome(OutcomeStatus.DECLINED, "simre_1", 0, "thb", decline=REFUSED)

    for _ in range(2):
        returns.settle(row.id, came_back, at=now())

    assert (again(row).status, again(row).failed_returns) == ("open", 1)
    assert in_suspense(platform) == at_the_processor("thb") == 1_000_00
    applications.apply(unapplied_id=row.id, at=now())
    assert (in_suspense(platform), total(platform, "thb")) == (0, 1_000_00)
    assert_books_balance()


def test_another_amount_given_back_than_was_asked_for_is_put_aside():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    def less(self, request):
        return Outcome(OutcomeStatus.SUCCEEDED, "simre_1", 1_00, request.currency)

    def at_another_rate(self, request):
        return Outcome(
            OutcomeStatus.SUCCEEDED, "simre_1", 1_000_00, request.currency, settled_amount=1_001_00
        )

    with rails.simulator_with(refund=less):
        returns.give_back(unapplied_id=row.id, at=now())
    assert UnresolvedRequest.objects.get().reason == "amount_differs"
    returns.settle(row.id, at_another_rate(None, row), at=now())

    assert (again(row).status, in_suspense(platform)) == ("returning", 1_000_00)
    assert UnresolvedRequest.objects.get().message == "The rail took 1,001.00 THB for it."
    assert_books_balance()


def test_it_may_be_given_back_at_the_processor_by_hand_and_is_booked_once():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    for amount in (999_00, 1_000_00, 1_000_00):
        body, headers = simulated.make(
            "outside_refund",
            row.charge_id,
            at=now(),
            reference="by_hand",
            amount=amount,
            currency="thb",
        )
        inbox.receive(processor="simulator", body=body, headers=headers, at=now())
    notices.sweep(at=now() + timedelta(minutes=1))

    assert (again(row).status, again(row).return_reference) == ("returned", "by_hand")
    assert (in_suspense(platform), at_the_processor("thb")) == (0, 0)
    # The part that nobody asked for waits for a person.
    assert inbox.InboundNotice.objects.filter(applied_at=None).count() == 1
    assert_books_balance()


def test_the_processors_statement_agrees_with_what_came_too_late_and_what_went_back():
    platform = a_platform(country="TH")
    back, by_hand = a_late_payment(platform), a_late_payment(platform)
    returns.give_back(unapplied_id=back.id, at=now())
    came_back = Outcome(OutcomeStatus.DECLINED, "simre_1", 0, "thb", decline=REFUSED)
    returns.settle(back.id, came_back, at=now())
    key = returns.give_back(unapplied_id=back.id, at=now()).return_key
    a_line = partial(ReportedLine, fee=0, currency="thb", livemode=False, at=now())
    paid, gone, failed = LineKind.CHARGE, LineKind.REFUND, LineKind.REFUND_FAILED

    settlements.keep(
        "simulator",
        [
            a_line("1", paid, 1_000_00, key=back.charge_id, fee=9_00),
            a_line("2", paid, 1_000_00, key=by_hand.charge_id, fee=9_00),
            a_line("3", gone, -1_000_00, key=f"{back.id}_return"),
            a_line("4", failed, 1_000_00, key=f"{back.id}_return"),
            a_line("5", gone, -1_000_00, key=key),
            a_line("6", gone, -1_000_00, charge_key=by_hand.charge_id, about="by_hand"),
        ],
        at=now(),
    )

    assert statements.sweep(at=now()) == 6
    assert again(by_hand).return_reference == "by_hand"
    # What the processor took for both is the merchant's, as for any payment.
    assert (in_suspense(platform), total(platform, "thb")) == (0, -18_00)
    assert at_the_processor("thb") == -18_00
    assert statements.differences() == []
    assert_books_balance()


def test_it_goes_back_by_itself_after_a_week_if_nobody_has_decided(settings):
    platform = a_platform(country="TH")
    row = a_late_payment(platform)
    week = row.created_at + timedelta(days=7)

    assert returns.return_due(at=week - timedelta(minutes=1)) == 0
    settings.UNAPPLIED_PAYMENTS_RETURNED_AFTER_DAYS = 0
    assert returns.return_due(at=week) == 0
    settings.UNAPPLIED_PAYMENTS_RETURNED_AFTER_DAYS = 7
    assert returns.return_due(at=week) == 1

    assert again(row).status == "returned"
    assert returns.return_due(at=week) == 0
    assert (in_suspense(platform), at_the_processor("thb")) == (0, 0)
    assert_books_balance()


def test_what_differs_or_was_refused_once_waits_for_a_person_however_long():
    platform = a_platform(country="TH")
    an_expired_code(platform)
    there = SimulatedRequest.objects.get()
    there.outcome["amount"] = 999_00
    there.save()
    time_passes(60)
    other = a_late_payment(platform)
    with rails.simulator_with(refund=refusing):
        returns.give_back(unapplied_id=other.id, at=now())

    assert returns.return_due(at=now() + timedelta(days=29)) == 0

    assert set(UnappliedPayment.objects.values_list("status", flat=True)) == {"open"}
    assert in_suspense(platform) == 999_00 + 1_000_00
    assert_books_balance()


def test_what_is_in_suspense_without_a_payment_that_came_too_late_is_found():
    platform = a_platform(country="TH")
    row = a_late_payment(platform)

    UnappliedPayment.objects.update(status="returned")

    with pytest.raises(AssertionError, match="unapplied payments"):
        assert_books_balance()
    UnappliedPayment.objects.update(status="open")
    assert in_suspense(platform) == row.amount
    assert_books_balance()
