"""What processors say of their fees, and moved in all, held against the books."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.chart import SETTLEMENT_IN_TRANSIT
from ledger.queries import account_balance
from payments.disputes.services import disputes
from payments.inbound.services import settlements
from payments.intents.services import authorizations
from payments.models import Charge, Dispute, FeeTrueUp, Refund
from payments.refunds.services import refunds
from processors import registry
from processors.models import SettlementLine
from processors.protocols.accounts import RailAccount
from processors.protocols.settlements import ReportsSettlements
from processors.stripe.rail import StripeRail
from tests import rails
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.stripe_world import StripeWorld
from tests.processors.test_conformance import status

# The simulated bank complains by the clock, which stands still inside a transaction.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def there(rialto_server):
    """A processor that has moved nothing yet, takes 1.5 % and pays out to a bank."""
    world = StripeWorld(rialto_server, bps=150)
    with world.installed():
        yield world


class SilentAboutFees(StripeRail):
    """One that says later what it took."""

    def charge(self, request):
        return replace(super().charge(request), fee=None)


def found():
    return {row.description.partition(":")[0]: row for row in SettlementLine.objects.all()}


def test_the_processors_statement_and_our_books_agree_to_the_cent(there):
    platform = a_platform()
    paid = a_paid_intent(platform)
    held = a_paid_intent(platform, capture_method="manual")
    by_hand = a_paid_intent(platform, capture_method="manual")
    a_paid_intent(platform, payment_method="pm_card_createDispute")
    a_paid_intent(platform, payment_method="pm_card_bypassPending", amount=40_00)
    of = {row.payment_intent_id: row.processor_reference for row in Charge.objects.all()}
    authorizations.capture(tenant=platform, intent_id=held.id, amount_to_capture=60_00, at=now())
    refunds.create(tenant=platform, intent_id=paid.id, amount=40_00, at=now())
    # What it says is booked at once, and not what was expected.
    assert Charge.objects.get(payment_intent=paid).fee_amount == 1_50
    disputes.fetch(at=now())
    # Nobody is told of these.
    there.client.v1.payment_intents.capture(of[by_hand.id], {"amount_to_capture": 30_00})
    there.client.v1.refunds.create({"payment_intent": of[paid.id], "amount": 10_00})
    there.client.v1.payouts.create({"amount": 20_00, "currency": "usd"})

    settlements.read(at=now())
    settlements.read(at=now())

    assert not SettlementLine.objects.exclude(problem="").exists()
    assert SettlementLine.objects.count() == 9
    assert settlements.differences() == []
    assert account_balance(SETTLEMENT_IN_TRANSIT, "stripe", "usd") == 20_00
    assert (status(by_hand), by_hand.amount_received) == ("succeeded", 30_00)
    assert Refund.objects.get(is_outside=True).amount == 10_00
    assert Dispute.objects.get().fee_amount == 15_00
    assert not FeeTrueUp.objects.exists()
    assert total(platform) == 98_50 - 50_00 + 59_10 + 29_55 + 98_50 - 115_00 + 39_40
    assert_books_balance()


def test_a_fee_that_is_told_later_corrects_what_was_expected_once(there):
    platform = a_platform()
    with rails.registered(SilentAboutFees(registry.find("stripe").account), name="stripe"):
        a_paid_intent(platform)
    assert total(platform) == 96_80

    settlements.read(at=now())
    settlements.read(at=now())

    correction = FeeTrueUp.objects.get()
    assert (correction.estimated_amount, correction.actual_amount) == (3_20, 1_50)
    assert total(platform) == 98_50
    assert settlements.differences() == []
    assert_books_balance()


def test_what_is_not_ours_or_another_amount_is_shown_until_it_agrees(there):
    a_paid_intent(a_platform())
    strange = there.client.v1.payment_intents.create(
        {
            "amount": 7_00,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "payment_method_types": ["card"],
        }
    )
    Charge.objects.update(amount_captured=99_00)

    settlements.read(at=now())

    problems = dict(SettlementLine.objects.values_list("amount", "problem"))
    assert problems[7_00] == "It is about no charge of ours."
    assert problems[100_00] == "It says 100.00 USD captured; booked is 99.00 USD."
    assert strange.status == "succeeded"
    (difference,) = settlements.differences()
    assert (difference.reported - difference.booked) == 7_00 - 11
    Charge.objects.update(amount_captured=100_00)
    assert settlements.sweep(at=now() + timedelta(days=1)) == 1
    assert_books_balance()


def test_a_rail_says_whether_it_reports_what_moved():
    assert isinstance(StripeRail(RailAccount("stripe", "stripe")), ReportsSettlements)
    assert not isinstance(registry.find("simulator"), ReportsSettlements)
