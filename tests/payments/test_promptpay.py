"""PromptPay: the payer is shown a code, and pays it or does not."""

from datetime import timedelta

import pytest

from core.errors import InvalidRequest
from ledger.posting import maturation
from payments.charges.services import charge_requests, charges
from payments.customers.services import customers
from payments.intents.services import cancellation, payment_intents, withdrawals
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import payment_methods
from payments.models import Charge, PaymentMethod
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from processors.models import SimulatedRequest
from processors.protocols import emvco
from processors.protocols.base import ProcessorUnavailable
from tests import rails
from tests.books import assert_books_balance, at_the_processor, pending, total, usable
from tests.factories import a_platform, now
from tests.payments.scanning import a_code, a_thai_seller, again, payer, press, time_passes
from tests.payments.test_races import all_at_once_each
from tests.truth import assert_the_processor_agrees
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

# 2.9 % of 1,000.00 and 30 satang.
FEE = 29_30


def told(type):
    return Event.objects.filter(type=type).count()


def test_a_code_is_shown_and_nothing_is_booked_until_it_is_paid():
    platform = a_platform(country="TH")

    intent = a_code(platform, "succeed_immediately")

    charge = Charge.objects.get()
    assert (intent.status, charge.status) == ("requires_action", "pending")
    assert emvco.is_whole(intent.next_action["promptpay_display_qr_code"]["data"])
    assert told("payment_intent.requires_action") == 1
    assert (told("charge.pending"), total(platform, "thb"), at_the_processor("thb")) == (0, 0, 0)

    assert time_passes() == 1

    charge.refresh_from_db()
    assert (again(intent).status, again(intent).next_action) == ("succeeded", None)
    assert (charge.status, charge.next_poll_at) == ("succeeded", None)
    assert pending(platform, "thb") == 1_000_00 - FEE
    assert at_the_processor("thb") == 1_000_00 - FEE
    assert told("charge.succeeded") == told("payment_intent.succeeded") == 1
    assert PaymentMethod.objects.get().used_at is not None
    assert_books_balance()


@pytest.mark.parametrize(
    ("mailbox", "seconds", "code"),
    [
        ("anna+rialto_fail_immediately", 5, "payment_intent_payment_attempt_failed"),
        ("expire_immediately", 5, "payment_intent_payment_attempt_expired"),
        ("expire_with_delay", 40, "payment_intent_payment_attempt_expired"),
        ("fill_never", 901, "payment_intent_payment_attempt_expired"),
        ("somebody.else", 901, "payment_intent_payment_attempt_expired"),
    ],
)
def test_what_is_not_paid_leads_back_to_the_start(mailbox, seconds, code):
    platform = a_platform()
    intent = a_code(platform, mailbox)
    assert time_passes(1) == 0

    assert time_passes(seconds) == 1

    intent = again(intent)
    assert (intent.status, intent.next_action) == ("requires_payment_method", None)
    assert intent.last_payment_error["code"] == code
    assert intent.last_payment_error["type"] == "invalid_request_error"
    assert told("charge.failed") == told("payment_intent.payment_failed") == 1
    assert total(platform, "thb") == 0

    # The same payer tries again, with a new code.
    payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method=payer("succeed_with_delay"), at=now()
    )
    assert time_passes(20) == 0
    assert time_passes(31) == 1

    assert total(platform, "thb") == 1_000_00 - FEE
    assert_books_balance()


def test_a_code_that_is_canceled_can_no_longer_be_paid():
    platform = a_platform()
    intent = a_code(platform)

    canceled = cancellation.cancel(
        tenant=platform, intent_id=intent.id, cancellation_reason="abandoned", at=now()
    )

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert canceled.canceled_at is not None
    assert Charge.objects.get().failure["code"] == "canceled"
    assert told("payment_intent.canceled") == 1
    assert told("payment_intent.payment_failed") == 0
    press(intent, "pay")
    time_passes()
    assert again(intent).status == "canceled"
    assert total(platform, "thb") == 0
    assert_books_balance()


def test_a_payer_who_was_faster_than_the_cancelation_has_paid():
    platform = a_platform()
    intent = a_code(platform, "succeed_immediately")
    SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=5))

    with pytest.raises(InvalidRequest) as refused:
        cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())

    assert refused.value.code == "payment_intent_unexpected_state"
    assert again(intent).status == "succeeded"
    assert total(platform, "thb") == 1_000_00 - FEE
    assert_books_balance()


def test_a_cancelation_whose_answer_is_lost_ends_with_the_repair():
    platform = a_platform()
    intent = a_code(platform)
    lost = rails.losing_the_answer("cancel_charge", ProcessorUnavailable("Lost."))

    with rails.simulator_with(cancel_charge=lost):
        asked = cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())
    assert asked.status == "processing"

    assert payment_intents.repair(at=now() + timedelta(minutes=1)) == 1

    assert again(intent).status == "canceled"
    assert_books_balance()


def test_another_way_to_pay_withdraws_the_code():
    platform = a_platform()
    intent = a_code(platform, payment_method_types=["card", "promptpay"])

    paid = payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method="pm_card_visa", at=now()
    )

    assert paid.status == "succeeded"
    assert sorted(Charge.objects.values_list("method_type", "status")) == [
        ("card", "succeeded"),
        ("promptpay", "failed"),
    ]
    press(intent, "pay")
    assert total(platform, "thb") == 1_000_00 - FEE
    assert_books_balance()


def test_a_way_to_pay_that_cannot_be_leaves_the_code_as_it_is():
    platform = a_platform()
    intent = a_code(platform)

    with pytest.raises(InvalidRequest):
        payment_intents.confirm(
            tenant=platform, intent_id=intent.id, payment_method="pm_nobody", at=now()
        )
    payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now())

    assert again(intent).next_action == intent.next_action
    assert Charge.objects.count() == 1
    press(intent, "pay")
    assert again(intent).status == "succeeded"
    assert_books_balance()


def test_another_amount_needs_another_code():
    platform = a_platform()
    intent = a_code(platform)

    changed = payment_intents.update(
        tenant=platform, intent_id=intent.id, changes={"amount": 500_00}, at=now()
    )
    assert (changed.status, changed.next_action) == ("requires_confirmation", None)
    shown = payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now())

    assert "5406500.00" in shown.next_action["promptpay_display_qr_code"]["data"]
    press(shown, "pay")
    assert again(intent).amount_received == 500_00
    assert_books_balance()


@pytest.mark.parametrize("mailbox", ["rialto_lose_request", "rialto_lose_answer"])
def test_a_code_whose_making_is_unknown_is_asked_after(mailbox):
    platform = a_platform()
    intent = a_code(platform, mailbox)
    assert (intent.status, intent.next_action) == ("processing", None)

    assert payment_intents.repair(at=now() + timedelta(minutes=1)) == 1

    assert again(intent).status == "requires_action"
    assert SimulatedRequest.objects.filter(action="charge").count() == 1
    time_passes()
    assert total(platform, "thb") == 1_000_00 - FEE
    assert_books_balance()


def test_a_code_that_was_made_before_the_process_ended_is_found():
    platform = a_platform()
    lost = rails.losing_the_answer("charge", rails.CutOff())

    with rails.simulator_with(charge=lost), pytest.raises(rails.CutOff):
        a_code(platform)

    assert payment_intents.repair(at=now() + timedelta(minutes=1)) == 1

    assert Charge.objects.get().payment_intent.status == "requires_action"
    assert_books_balance()


@pytest.mark.parametrize(
    ("details", "param"),
    [
        ({"currency": "usd"}, "currency"),
        ({"capture_method": "manual"}, "capture_method"),
        ({"setup_future_usage": "off_session"}, "setup_future_usage"),
        ({"session": ConfirmationOptions(is_off=True)}, "off_session"),
        ({"session": ConfirmationOptions(refuses_actions=True)}, "error_on_requires_action"),
        ({"payment_method": {"type": "promptpay"}}, "billing_details[email]"),
    ],
)
def test_what_cannot_be_paid_so_is_refused_and_nothing_is_kept(details, param):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        a_code(platform, **details)

    assert refused.value.param == param
    assert Charge.objects.count() == SimulatedRequest.objects.count() == 0


def test_a_rail_that_has_no_codes_refuses_and_says_what_it_takes():
    rails.a_stripe_account(secret_key="sk_test_1")
    platform = a_platform()

    with pytest.raises(InvalidRequest, match="stripe does not take promptpay"):
        a_code(platform)

    assert Charge.objects.count() == 0


def test_it_is_nobody_s_for_later():
    platform = a_platform()
    customer = customers.create(tenant=platform, at=now())
    method = payment_methods.create(
        tenant=platform, type="promptpay", billing_details={"email": "a@example.com"}, at=now()
    )

    with pytest.raises(InvalidRequest, match="one payment"):
        payment_methods.attach(
            tenant=platform, method_id=method.id, customer_id=customer.id, at=now()
        )
    with pytest.raises(InvalidRequest, match="one payment"):
        setup_intents.create(tenant=platform, payment_method=method.id, at=now())


def test_a_destination_charge_and_its_refund_are_shared_to_the_satang():
    platform = a_platform(country="TH")
    seller = a_thai_seller(platform)
    intent = a_code(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=100_00,
    )
    press(intent, "pay")
    assert total(seller, "thb") == 900_00
    assert total(platform, "thb") == 100_00 - FEE

    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=400_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )

    # 40 % of each: 360.00 of the transfer's 900.00 net, and 40.00 of the fee.
    assert total(seller, "thb") == 540_00
    assert total(platform, "thb") == 60_00 - FEE
    maturation.mature(at=now() + timedelta(days=30))
    assert usable(seller, "thb") == 540_00
    assert_books_balance()


def test_withdrawals_are_idempotent():
    platform = a_platform()
    intent = a_code(platform)
    cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())
    charge = Charge.objects.select_related("payment_intent", "payment_method").get()
    charge.open_request = "cancel"

    outcome = charge_requests.send(charge, charge.payment_method, charge.payment_intent)
    charges.settle(charge.id, outcome, at=now())

    assert outcome.decline.code == "canceled"
    assert told("payment_intent.canceled") == 1
    assert withdrawals.finish(charge, at=now()).status == "canceled"


def test_a_payer_and_a_merchant_who_act_at_once_end_with_one_truth():
    platform = a_platform()
    intent = a_code(platform)

    all_at_once_each(
        lambda: press(intent, "pay"),
        lambda: cancellation.cancel(tenant=platform, intent_id=intent.id, at=now()),
        lambda: payment_intents.confirm(
            tenant=platform, intent_id=intent.id, payment_method="pm_card_visa", at=now()
        ),
    )
    payment_intents.repair(at=now() + timedelta(minutes=1))
    time_passes()

    paid = [charge for charge in Charge.objects.all() if charge.status == "succeeded"]
    assert len(paid) <= 1
    assert again(intent).status == ("succeeded" if paid else "canceled")
    assert total(platform, "thb") == (1_000_00 - FEE) * len(paid)
    assert_the_processor_agrees()
    assert_books_balance()
