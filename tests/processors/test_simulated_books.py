"""Each account at the simulated processor has a book of its own, as at a real one."""

from datetime import timedelta

import pytest

from payments.disputes.services import disputes
from payments.models import Charge, Dispute
from processors import gateway, registry
from processors.models import SimulatedRequest
from processors.protocols.base import Action, FollowUp, Inquiry, OutcomeStatus
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, now
from tests.processors import accounts_there

pytestmark = pytest.mark.django_db


@pytest.fixture
def second():
    return accounts_there.add("second", is_first=True)


def test_a_dispute_is_reported_by_the_account_that_has_the_charge_alone(second):
    a_paid_intent(a_platform(), payment_method="pm_card_rialto_disputeLate")
    charge = Charge.objects.get()
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=2))

    assert not registry.get("simulator").reports()
    assert [report.charge_key for report in registry.get(second).reports()] == [charge.id]
    disputes.fetch(at=now())

    assert Dispute.objects.get().charge_id == charge.id
    assert charge.processor == second
    assert not any(rail.reports() for _, rail in registry.rails())
    assert_books_balance()


def test_an_account_knows_nothing_of_what_was_asked_of_another(second):
    a_paid_intent(a_platform(), capture_method="manual")
    charge = Charge.objects.get()
    inquiry = Inquiry(Action.CHARGE, charge.id, charge.id)
    by_hand = FollowUp("by_hand", charge.id, 40_00, "usd", "visa")

    gateway.capture(second, by_hand)

    capture = Inquiry(Action.CAPTURE, "another", charge.id)
    assert gateway.find("simulator", inquiry) is gateway.find("simulator", capture) is None
    assert gateway.find(second, inquiry)
    assert gateway.find(second, capture)


def test_a_key_is_an_accounts_own(second):
    request = FollowUp("re_1", "ch_1", 40_00, "usd", "pendingRefund")
    first = gateway.refund("simulator", request)
    other = gateway.refund(second, request)

    gateway.cancel_refund(second, request)

    assert first.reference != other.reference
    kept = {row.account: row.outcome["status"] for row in SimulatedRequest.objects.all()}
    assert kept == {"simulator": OutcomeStatus.PENDING, second: OutcomeStatus.DECLINED}
