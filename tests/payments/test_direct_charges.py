"""A seller charges on its own account, and the platform that asked for it takes its cut."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Account
from connect.models import ApplicationFee
from connect.transfers.services import application_fees
from core.errors import InvalidRequest
from ledger.models import BalanceTransaction
from payments.charges.services import fee_true_ups
from payments.inbound.services import delayed_polling
from payments.intents.services import authorizations, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, PaymentIntent
from payments.refunds.services import refund_previews, refunds
from payments.refunds.services.refund_drafts import RefundRequest
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, at_the_processor, total
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db

ACCOUNT, APPLICATION = "account", "application"
DEBITS = {"capabilities": {"us_bank_account_ach_payments": {"requested": True}}}


def a_market(payer=ACCOUNT):
    platform = a_platform()
    seller = a_seller(platform, controller={"fees": {"payer": payer}}, **DEBITS)
    return platform, seller


def a_direct_charge(platform, seller, **details):
    wanted = {"application_fee_amount": 10_00, "platform_id": platform.account_id}
    return a_paid_intent(seller, **wanted | details)


def figures(platform, seller):
    return total(platform), total(seller)


@pytest.mark.parametrize(
    ("payer", "platforms", "sellers"), [(ACCOUNT, 10_00, 86_80), (APPLICATION, 6_80, 90_00)]
)
def test_who_has_what_after_a_direct_charge(payer, platforms, sellers):
    platform, seller = a_market(payer)

    a_direct_charge(platform, seller)

    assert figures(platform, seller) == (platforms, sellers)
    assert at_the_processor() == 96_80
    assert_books_balance()


def test_a_platform_that_bears_the_processing_bears_it_without_a_cut_too():
    platform, seller = a_market(APPLICATION)

    a_direct_charge(platform, seller, application_fee_amount=None)

    assert figures(platform, seller) == (-3_20, 100_00)
    assert_books_balance()


@pytest.mark.parametrize(
    ("amount", "is_returned", "platforms", "sellers"),
    [
        (100_00, False, 10_00, -13_20), (100_00, True, 0, -3_20),
        (40_00, False, 10_00, 46_80), (40_00, True, 6_00, 50_80),
    ],
)  # fmt: skip
def test_a_refund_is_borne_by_the_seller_and_the_cut_comes_back_if_asked_for(
    amount, is_returned, platforms, sellers
):
    platform, seller = a_market()
    intent = a_direct_charge(platform, seller)
    wish = RefundRequest(intent_id=intent.id, amount=amount, refund_application_fee=is_returned)
    preview = refund_previews.preview(tenant=seller, request=wish, at=now())

    refunds.create(
        tenant=seller,
        intent_id=intent.id,
        amount=amount,
        refund_application_fee=is_returned,
        at=now(),
    )

    assert figures(platform, seller) == (platforms, sellers)
    after = {e.account: e.available_after + e.pending_after for e in preview.effects}
    assert after[seller.account_id] == sellers
    assert_books_balance()


def test_three_refunds_return_exactly_the_cut():
    platform, seller = a_market()
    intent = a_direct_charge(platform, seller)

    for amount in (33_33, 33_33, 33_34):
        refunds.create(
            tenant=seller, intent_id=intent.id, amount=amount, refund_application_fee=True, at=now()
        )

    assert ApplicationFee.objects.get().amount_refunded == 10_00
    assert figures(platform, seller) == (0, -3_20)
    assert_books_balance()


def test_the_platform_returns_its_cut_without_a_refund():
    platform, seller = a_market()
    a_direct_charge(platform, seller)

    application_fees.refund(
        tenant=platform, fee_id=ApplicationFee.objects.get().id, amount=4_00, at=now()
    )

    assert figures(platform, seller) == (6_00, 90_80)
    assert_books_balance()


def test_a_refund_that_fails_gives_the_platform_its_cut_again():
    platform, seller = a_market()
    intent = a_direct_charge(platform, seller, payment_method="pm_card_refundFail")
    refunds.create(
        tenant=seller, intent_id=intent.id, refund_application_fee=True, amount=40_00, at=now()
    )
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))

    refunds.repair(at=now() + timedelta(minutes=1))

    assert ApplicationFee.objects.get().amount_refunded == 0
    assert figures(platform, seller) == (10_00, 86_80)
    assert_books_balance()


def test_less_is_captured_with_a_lower_cut():
    platform, seller = a_market()
    intent = a_direct_charge(platform, seller, capture_method="manual")

    authorizations.capture(
        tenant=seller,
        intent_id=intent.id,
        amount_to_capture=50_00,
        application_fee_amount=5_00,
        at=now(),
    )

    assert figures(platform, seller) == (5_00, 50_00 - 5_00 - 1_75)
    assert_books_balance()


def test_a_debit_that_is_taken_back_takes_the_cut_back_too():
    platform, seller = a_market()
    a_direct_charge(
        platform,
        seller,
        payment_method="pm_usBankAccount_rialto_takenBack",
        session=ConfirmationOptions(customer_acceptance={"type": "offline"}),
    )
    for seconds in (5, 60):
        SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=seconds))
        Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
        delayed_polling.poll_due(at=now())
        if seconds == 5:
            assert figures(platform, seller) == (10_00, 86_80)

    assert figures(platform, seller) == (0, -3_20)
    assert_books_balance()


def test_what_the_processor_really_took_is_trued_up_with_whoever_bears_it():
    platform, seller = a_market(APPLICATION)
    a_direct_charge(platform, seller)

    fee_true_ups.true_up(
        charge_id=Charge.objects.get().id, actual_amount=3_50, reference="fee_1", at=now()
    )

    assert figures(platform, seller) == (6_50, 90_00)
    assert_books_balance()


def test_both_sides_see_where_it_went():
    platform, seller = a_market()
    intent = a_direct_charge(platform, seller)
    charge, fee = Charge.objects.get(), ApplicationFee.objects.get()

    line = BalanceTransaction.objects.get(id=charge.balance_transaction_id)
    assert (line.amount, line.fee, line.net) == (100_00, 13_20, 86_80)
    assert [d["type"] for d in line.fee_details] == ["application_fee", "stripe_fee"]
    cut = BalanceTransaction.objects.get(account_id=platform.account_id)
    assert (cut.type, cut.net, cut.source) == ("application_fee", 10_00, fee.id)
    assert (fee.account_id, fee.seller_id) == (platform.account_id, seller.account_id)
    assert (fee.charge_id, fee.originating_transaction) == (charge.id, None)
    told = Event.objects.get(type="application_fee.created")
    assert told.account_id == platform.account_id
    assert intent.status == "succeeded"


def test_a_platform_that_bears_the_processing_sees_it_in_a_line_of_its_own():
    platform, seller = a_market(APPLICATION)
    a_direct_charge(platform, seller)

    sellers = BalanceTransaction.objects.get(account_id=seller.account_id)
    assert (sellers.fee, sellers.net) == (10_00, 90_00)
    lines = BalanceTransaction.objects.filter(account_id=platform.account_id)
    assert {(row.type, row.net) for row in lines} == {
        ("application_fee", 10_00),
        ("stripe_fee", -3_20),
    }


def test_over_http_the_header_makes_it_a_direct_charge():
    platform, seller = a_market()

    answer = Client().post(
        "/v1/payment_intents",
        {
            "amount": 100_00,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "application_fee_amount": 10_00,
            "return_url": "https://example.com",
            "expand": ["latest_charge.balance_transaction"],
        },
        content_type="application/json",
        headers={"Authorization": f"Bearer {a_key(platform)}", "Stripe-Account": seller.account_id},
    )

    shown = answer.json()
    assert answer.status_code == 200, shown
    assert shown["application"] == shown["latest_charge"]["application"]
    assert shown["application"].startswith("ca_")
    assert shown["latest_charge"]["application_fee_amount"] == 10_00
    assert shown["latest_charge"]["balance_transaction"]["fee"] == 13_20
    assert figures(platform, seller) == (10_00, 86_80)
    assert_books_balance()


def test_without_a_platform_nobody_takes_a_cut():
    _, seller = a_market()

    with pytest.raises(InvalidRequest) as refused:
        a_paid_intent(seller, application_fee_amount=10_00)

    assert refused.value.param == "application_fee_amount"
    assert not PaymentIntent.objects.exists()


def test_a_cut_of_more_than_the_payment_is_refused():
    platform, seller = a_market()

    with pytest.raises(InvalidRequest) as refused:
        a_direct_charge(platform, seller, application_fee_amount=100_01)

    assert refused.value.code == "amount_too_large"


WAYS = {
    "test token": {"payment_method": "pm_card_visa"},
    "card": {"payment_method_data": {"type": "card", "card": {"token": "tok_visa"}}},
    "bank account": {
        "payment_method_types": ["us_bank_account"],
        "payment_method_data": {
            "type": "us_bank_account", "billing_details": {"name": "Ada"},
            "us_bank_account": {
                "account_number": "000123456789", "routing_number": "110000000",
                "account_holder_type": "individual",
            },
        },
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
    },
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_a_charge_that_is_refused_as_it_begins_leaves_nothing_to_be_charged_later(way):
    platform = a_platform()
    seller = a_seller(platform, **DEBITS)
    Account.objects.filter(id=seller.account_id).update(charges_enabled=False)

    answer = Client().post(
        "/v1/payment_intents",
        {"amount": 100_00, "currency": "usd", "confirm": True, **WAYS[way]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {a_key(platform)}", "Stripe-Account": seller.account_id},
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "account_invalid")
    assert not PaymentIntent.objects.exists()
    assert not Charge.objects.exists()
    assert payment_intents.repair(at=now() + timedelta(hours=1)) == 0
    assert total(seller) == 0
    assert_books_balance()
