"""What every rail has to find that was done there: by payers' banks, and by hand."""

import pytest

from payments.disputes.services import dispute_answers, disputes
from payments.models import Charge, Dispute, EarlyFraudWarning
from processors import registry
from processors.protocols.disputes import AnswersDisputes
from tests.accounts.test_files import a_file
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now
from tests.papers import a_pdf
from tests.processors.test_conformance import LATER, hear, status

# The simulated bank complains by the clock, which stands still inside a transaction.
pytestmark = pytest.mark.django_db(transaction=True)


def disputed(world, platform, card="pm_card_createDispute"):
    """Pay with a card that is disputed at once, and hear of it."""
    intent = a_paid_intent(platform, payment_method=card)
    hear_of_disputes(world, intent.latest_charge_id)
    return Dispute.objects.get(charge_id=intent.latest_charge_id)


def hear_of_disputes(world, charge_id):
    told = world.notices("dispute", charge_id, at=now())
    hear(world, told + told)
    disputes.fetch(at=now())


def tells_of_none(world, platform):
    """Tell whether the rail says that there are no disputes, and hold it to that."""
    can = registry.get(world.name).capabilities
    if can.has_disputes or can.tells_disputes:
        return False
    intent = a_paid_intent(platform)
    assert world.notices("dispute", intent.latest_charge_id, at=now()) == []
    assert not isinstance(registry.get(world.name), AnswersDisputes)
    return True


def answer(row, text, **evidence):
    dispute_answers.update(
        tenant=row.tenant,
        dispute_id=row.id,
        evidence={"uncategorized_text": text} | evidence,
        submit=True,
        at=now(),
    )


def test_a_dispute_takes_its_money_once_and_ends_as_the_bank_decides(world):
    platform = a_platform()
    if tells_of_none(world, platform):
        return
    won, lost, accepted = (disputed(world, platform) for _ in range(3))
    fee = world.dispute_fee
    assert (won.status, won.withdrawn_amount, won.fee_amount) == ("needs_response", 100_00, fee)
    assert (won.reason, won.network_reason_code) == ("fraudulent", "10.4")
    assert won.due_at > now()
    assert total(platform) == 3 * (96_80 - 100_00 - fee)
    receipt = a_file(platform, content=a_pdf("Receipt"))

    for _ in range(2):
        answer(won, "winning_evidence", receipt=receipt.id)
        answer(lost, "losing_evidence")
        ended = dispute_answers.close(tenant=platform, dispute_id=accepted.id, at=now())
        assert ended.status == "lost"
    assert not Dispute.objects.exclude(submitting_since=None).exists()
    world.time_passes()
    for row in (won, lost, accepted):
        hear_of_disputes(world, row.charge_id)

    assert (status(won), status(accepted)) == ("won", "lost")
    assert (won.reinstated_amount, accepted.reinstated_amount) == (100_00, 0)
    of_lost = Dispute.objects.filter(charge_id=lost.charge_id)
    # Where a bank takes the money a second time, that is a dispute of its own.
    assert of_lost.order_by("-id").first().status == "lost"
    assert sum(row.withdrawn_amount - row.reinstated_amount for row in of_lost) == 100_00
    assert total(platform) == 3 * (96_80 - 100_00 - fee) + 100_00
    assert_books_balance()


def test_a_question_takes_nothing_and_a_warning_of_fraud_is_kept_once(world):
    platform = a_platform()
    if tells_of_none(world, platform):
        return
    asks = disputed(world, platform, "pm_card_createDisputeInquiry")
    warned = a_paid_intent(platform, payment_method="pm_card_createIssuerFraudRecord")
    hear_of_disputes(world, warned.latest_charge_id)
    hear_of_disputes(world, warned.latest_charge_id)

    assert (asks.status, asks.withdrawn_amount) == ("warning_needs_response", 0)
    warning = EarlyFraudWarning.objects.get()
    assert warning.charge_id == warned.latest_charge_id
    assert warning.fraud_type == "unauthorized_use_of_card"
    assert total(platform) == 2 * 96_80
    assert_books_balance()


def test_what_is_captured_or_let_go_there_by_hand_is_booked_once(world):
    platform = a_platform()
    taken = a_paid_intent(platform, capture_method="manual")
    let_go = a_paid_intent(platform, capture_method="manual")
    of = {row.payment_intent_id: row for row in Charge.objects.all()}

    told = world.end_outside(of[taken.id], 60_00, at=now())
    told += world.end_outside(of[let_go.id], None, at=now())
    hear(world, told + told)

    assert (status(taken), taken.amount_received) == ("succeeded", 60_00)
    assert status(let_go) == "canceled"
    assert total(platform) == 60_00 - 1_74 - 30
    hear(world, world.notices("charge", taken.latest_charge_id, at=now() + LATER))
    assert total(platform) == 60_00 - 1_74 - 30
    assert_books_balance()
