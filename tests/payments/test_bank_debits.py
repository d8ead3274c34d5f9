"""Debits of bank accounts: answered days later, and sometimes taken back after that."""

from datetime import timedelta
from functools import partial

import pytest

from core.errors import CardError, InvalidRequest
from ledger.posting import maturation
from payments.charges.services import charges
from payments.inbound.services import delayed_polling
from payments.intents.services import payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, Mandate, PaymentIntent, Refund
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from processors.protocols.base import Action, Inquiry, ProcessorUnavailable
from processors.simulator.rail import Simulator
from tests import rails
from tests.books import assert_books_balance, at_the_processor, pending, total, usable
from tests.factories import a_platform, a_seller, now
from tests.payments.test_races import all_at_once_each
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

ONLINE = {"type": "online", "online": {"ip_address": "203.0.113.7", "user_agent": "Test"}}
AGREED = ConfirmationOptions(customer_acceptance=ONLINE)


SOMEBODY = {"name": "Jenny Rosen", "email": "jenny@example.com"}
US, SEPA = "pm_usBankAccount_success", "pm_success_de"
TAKEN_BACK = "pm_usBankAccount_rialto_takenBack"


def a_debit(platform, token=US, **details):
    wanted = {"amount": 100_00, "currency": "usd", "session": AGREED, "payment_method": token}
    return payment_intents.create(tenant=platform, confirm=True, at=now(), **(wanted | details))


def days_pass(seconds=5):
    """Make the simulated processor believe that it was asked long ago, and ask it."""
    SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=seconds))
    Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
    return delayed_polling.poll_due(at=now())


def told(type):
    return Event.objects.filter(type=type).count()


@pytest.mark.parametrize(
    ("token", "currency", "type"), [(US, "usd", "us_bank_account"), (SEPA, "eur", "sepa_debit")]
)
def test_nothing_is_booked_until_the_payers_bank_has_paid(token, currency, type):
    platform = a_platform()

    intent = a_debit(platform, token, currency=currency)

    charge = Charge.objects.get()
    assert (intent.status, charge.status, charge.method_type) == ("processing", "pending", type)
    assert (total(platform, currency), at_the_processor(currency)) == (0, 0)
    assert told("charge.pending") == told("payment_intent.processing") == 1

    assert days_pass() == 1

    intent.refresh_from_db()
    charge.refresh_from_db()
    assert (intent.status, charge.status) == ("succeeded", "succeeded")
    assert intent.amount_received == 100_00
    assert pending(platform, currency) == 96_80
    assert charge.next_poll_at is None
    assert told("charge.succeeded") == told("payment_intent.succeeded") == 1
    assert_books_balance()


def test_the_repair_task_does_not_mistake_a_slow_debit_for_a_lost_answer():
    platform = a_platform()
    a_debit(platform, "pm_usBankAccount_processing")

    assert payment_intents.repair(at=now() + timedelta(hours=1)) == 0
    assert days_pass(86_400) == 0

    assert PaymentIntent.objects.get().status == "processing"
    assert SimulatedRequest.objects.count() == 1
    assert_books_balance()


def test_the_older_a_debit_the_later_it_is_asked_about_again():
    platform = a_platform()
    a_debit(platform, "pm_usBankAccount_processing")
    start = Charge.objects.get().created_at

    waits = []
    for age in (timedelta(minutes=1), timedelta(hours=1), timedelta(days=3)):
        assert delayed_polling.poll_due(at=start + age) == 0
        waits.append(Charge.objects.get().next_poll_at - (start + age))

    assert waits == [timedelta(seconds=15), timedelta(minutes=15), timedelta(hours=1)]
    assert delayed_polling.poll_due(at=start + timedelta(days=3, minutes=59)) == 0


def test_a_bank_that_refuses_days_later_leads_back_to_the_start():
    platform = a_platform()
    intent = a_debit(platform, "pm_usBankAccount_insufficientFunds")

    assert days_pass() == 1

    intent.refresh_from_db()
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error["code"] == "insufficient_funds"
    assert intent.last_payment_error["payment_method"]["type"] == "us_bank_account"
    assert Charge.objects.get().failure["code"] == "insufficient_funds"
    assert told("charge.failed") == told("payment_intent.payment_failed") == 1
    assert total(platform) == 0

    # Another account pays, with a permission of its own.
    payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method=US, session=AGREED, at=now()
    )
    days_pass()

    intent.refresh_from_db()
    assert intent.status == "succeeded"
    assert Mandate.objects.count() == 2
    assert total(platform) == 96_80
    assert_books_balance()


def test_what_is_blocked_is_declined_at_once():
    platform = a_platform()

    with pytest.raises(CardError) as refused:
        a_debit(platform, "pm_usBankAccount_riskLevelHighest")

    assert refused.value.code == "bank_account_declined"
    assert Charge.objects.get().risk == "highest"
    assert_books_balance()


def test_money_that_is_taken_back_leaves_the_balance_again():
    platform = a_platform()
    intent = a_debit(platform, TAKEN_BACK)
    assert days_pass() == 0
    intent.refresh_from_db()
    assert intent.status == "succeeded"
    assert pending(platform) == 96_80
    assert_books_balance()

    assert days_pass(60) == 1

    # Rule 9: the amount goes; what the processing cost does not come back.
    intent.refresh_from_db()
    charge = Charge.objects.get()
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    assert (charge.status, charge.amount_captured) == ("failed", 100_00)
    assert charge.failure_balance_transaction_id
    assert (pending(platform), usable(platform)) == (0, -3_20)
    assert at_the_processor() == -3_20
    assert told("charge.failed") == told("payment_intent.payment_failed") == 1
    assert_books_balance()

    # Said again, and asked again, nothing more happens.
    assert days_pass(60) == 0
    with pytest.raises(InvalidRequest, match="captured"):
        refunds.create(tenant=platform, charge_id=charge.id, at=now())
    assert total(platform) == -3_20
    assert_books_balance()


@pytest.mark.parametrize(
    ("split", "kept"),
    [({"application_fee_amount": 10_00}, -3_20), ({"transfer_amount": 70_00}, -3_20)],
    ids=["fee style", "amount style"],
)
def test_a_seller_gives_its_share_back_when_the_payers_bank_does(split, kept):
    platform = a_platform()
    seller = a_seller(platform)
    a_debit(platform, TAKEN_BACK, transfer_destination=seller.account_id, **split)
    days_pass()
    share = 90_00 if "application_fee_amount" in split else 70_00
    assert (total(seller), total(platform)) == (share, 96_80 - share)

    assert days_pass(60) == 1

    assert (total(seller), total(platform)) == (0, kept)
    assert_books_balance()


def test_a_seller_that_bore_a_refund_gives_back_only_what_is_left_of_its_share():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_debit(
        platform, TAKEN_BACK, transfer_destination=seller.account_id, application_fee_amount=10_00
    )
    days_pass()
    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=30_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )
    assert total(seller) == 63_00

    assert days_pass(60) == 1

    assert (total(seller), total(platform)) == (0, -33_20)
    assert_books_balance()


def test_money_that_was_available_already_is_taken_back_from_there():
    platform = a_platform()
    a_debit(platform, TAKEN_BACK)
    days_pass()
    maturation.mature(at=now() + timedelta(days=30))
    assert (pending(platform), usable(platform)) == (0, 96_80)

    assert days_pass(60) == 1

    assert (pending(platform), usable(platform)) == (0, -3_20)
    assert_books_balance()


def test_what_was_refunded_before_the_bank_took_all_back_is_lost_once_more():
    platform = a_platform()
    intent = a_debit(platform, TAKEN_BACK)
    days_pass()
    refunds.create(tenant=platform, intent_id=intent.id, amount=30_00, at=now())

    assert days_pass(60) == 1

    # The payer has 30 twice: the books say so.
    assert total(platform) == -33_20
    assert_books_balance()


def test_a_debit_is_refunded_as_a_card_is():
    platform = a_platform()
    intent = a_debit(platform, SEPA, currency="eur")
    days_pass()

    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())

    assert refund.status == "succeeded"
    assert total(platform, "eur") == 56_80
    assert_books_balance()


def test_eight_notices_of_the_same_failure_and_a_refund_at_once_take_the_money_back_once():
    platform = a_platform()
    intent = a_debit(platform, TAKEN_BACK)
    days_pass()
    charge_id = intent.latest_charge_id
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))
    found = Simulator().find(Inquiry(Action.CHARGE, charge_id, charge_id))
    assert found.status == "declined"

    results = all_at_once_each(
        *[lambda: charges.settle(charge_id, found, at=now())] * 8,
        lambda: refunds.create(tenant=platform, charge_id=charge_id, amount=30_00, at=now()),
    )

    # The refund came before the failure, or it is refused.
    refunded = 30_00 * Refund.objects.filter(status="succeeded").count()
    assert len(results) == 9
    assert total(platform) == -3_20 - refunded
    assert told("charge.failed") == 1
    assert_books_balance()


@pytest.mark.parametrize(
    "lost",
    [rails.raising, partial(rails.losing_the_answer, "charge")],
    ids=["before the rail is asked", "after the rail has answered"],
)
def test_a_debit_that_was_cut_off_is_taken_up_again_and_sent_once(lost):
    platform = a_platform()
    with rails.simulator_with(charge=lost(rails.CutOff())), pytest.raises(rails.CutOff):
        a_debit(platform)
    assert PaymentIntent.objects.get().status == "processing"

    assert payment_intents.repair(at=now() + timedelta(minutes=1)) == 1
    assert PaymentIntent.objects.get().status == "processing"
    assert Charge.objects.get().next_poll_at
    assert days_pass() == 1

    assert PaymentIntent.objects.get().status == "succeeded"
    assert SimulatedRequest.objects.count() == Mandate.objects.count() == 1
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_rail_that_says_nothing_keeps_a_debit_open_and_the_next_one_is_asked_about():
    platform = a_platform()
    silent, answered = a_debit(platform), a_debit(platform)

    def sometimes(self, inquiry):
        if inquiry.key == silent.latest_charge_id:
            raise ProcessorUnavailable
        return Simulator.find(self, inquiry)

    with rails.simulator_with(find=sometimes):
        assert days_pass() == 1

    silent.refresh_from_db()
    answered.refresh_from_db()
    assert (silent.status, answered.status) == ("processing", "succeeded")
    assert Charge.objects.get(id=silent.latest_charge_id).next_poll_at > now()
    assert_books_balance()


def test_a_debit_of_another_amount_than_was_asked_is_not_believed():
    platform = a_platform()
    a_debit(platform)
    request = SimulatedRequest.objects.get()
    request.outcome["amount"] += 1
    request.save()

    assert days_pass() == 0

    assert Charge.objects.get().status == "pending"
    assert total(platform) == 0
    assert_books_balance()
