"""Payers ask for their money back through their banks: it goes, and sometimes it comes back."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from core.errors import InvalidRequest, Missing
from payments import resources
from payments.disputes.services import dispute_answers, dispute_reports, disputes
from payments.intents.services import authorizations
from payments.models import Charge, Dispute, EarlyFraudWarning
from payments.refunds.services import refund_previews, refunds
from payments.refunds.services.refund_drafts import RefundRequest
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.disputes import DisputeStage
from tests import rails
from tests.books import assert_books_balance, at_the_processor, total
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.payments.disputing import FRAUD, INQUIRY, a_dispute, a_report, answer, record, told
from tests.tenancy.asking import ask
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("card", "reason"), [(FRAUD, "fraudulent"), ("pm_card_createDisputeProductNotReceived",
                                                 "product_not_received")],
)  # fmt: skip
def test_a_dispute_takes_the_amount_and_the_fee_at_once(card, reason):
    platform = a_platform()

    row = a_dispute(platform, payment_method=card)

    assert (row.status, row.reason, row.amount) == ("needs_response", reason, 100_00)
    assert row.due_at > now() + timedelta(days=19)
    assert total(platform) == at_the_processor() == 96_80 - 100_00 - 15_00
    wire = resources.dispute(row, at=now())
    (line,) = wire["balance_transactions"]
    assert (line["amount"], line["fee"], line["net"]) == (-100_00, 15_00, -115_00)
    assert (line["type"], line["reporting_category"]) == ("adjustment", "dispute")
    assert Charge.objects.get().is_disputed
    assert told() == ["created", "funds_withdrawn"]
    assert_books_balance()


def test_whoever_reads_the_charge_next_sees_its_dispute():
    platform = a_platform()
    key = a_key(platform)
    params = {"amount": 100_00, "currency": "usd"}

    charge = ask(key, "POST", "charges", source="tok_createDispute", **params).json()
    (row,) = ask(key, "GET", "disputes", charge=charge["id"]).json()["data"]

    assert charge["disputed"]
    assert ask(key, "GET", f"charges/{charge['id']}").json()["disputed"]
    assert (row["charge"], row["status"]) == (charge["id"], "needs_response")
    assert told() == ["created", "funds_withdrawn"]
    # Nothing is left for the worker, and it changes nothing.
    assert disputes.fetch(at=now()) == 0
    assert total(platform) == at_the_processor() == 96_80 - 100_00 - 15_00
    assert_books_balance()


def test_a_dispute_that_cannot_be_heard_of_at_once_is_heard_of_later():
    platform = a_platform()
    silent = rails.raising(ProcessorUnavailable("No answer came."))

    with rails.simulator_with(reports=silent):
        paid = a_paid_intent(platform, payment_method=FRAUD)
    assert (paid.status, Dispute.objects.exists()) == ("succeeded", False)

    assert disputes.fetch(at=now()) == 1
    assert told() == ["created", "funds_withdrawn"]
    assert total(platform) == -18_20
    assert_books_balance()


def test_an_inquiry_moves_no_money_and_a_refund_ends_it():
    platform = a_platform()
    row = a_dispute(platform, payment_method=INQUIRY)
    assert row.status == "warning_needs_response"
    assert resources.dispute(row, at=now())["is_charge_refundable"]
    assert total(platform) == 96_80

    refunds.create(tenant=platform, charge_id=row.charge_id, at=now())
    disputes.fetch(at=now())

    row.refresh_from_db()
    assert row.status == "warning_closed"
    assert told() == ["created", "closed"]
    assert total(platform) == -3_20
    assert_books_balance()


@pytest.mark.parametrize(
    ("text", "status", "has"),
    [
        ("winning_evidence", "warning_closed", 96_80),
        ("losing_evidence", "needs_response", -18_20),
        ("It was them.", "warning_under_review", 96_80),
    ],
)
def test_an_inquiry_is_answered_and_may_become_a_dispute(text, status, has):
    platform = a_platform()

    row = answer(platform, a_dispute(platform, payment_method=INQUIRY), text)

    assert (row.status, total(platform), at_the_processor()) == (status, has, has)
    assert_books_balance()


def test_giving_up_loses_it_at_once():
    platform = a_platform()
    row = a_dispute(platform)

    for _ in range(2):
        assert dispute_answers.close(tenant=platform, dispute_id=row.id, at=now()).status == "lost"

    assert disputes.fetch(at=now()) == 1
    assert told() == ["created", "funds_withdrawn", "closed"]
    assert total(platform) == -18_20
    assert_books_balance()


def test_an_inquiry_is_not_given_up():
    platform = a_platform()
    row = a_dispute(platform, payment_method=INQUIRY)

    with pytest.raises(InvalidRequest):
        dispute_answers.close(tenant=platform, dispute_id=row.id, at=now())


def test_what_is_disputed_is_not_refunded_too():
    platform = a_platform()
    row = a_dispute(platform)

    for act in (
        lambda: refunds.create(tenant=platform, charge_id=row.charge_id, at=now()),
        lambda: refund_previews.preview(
            tenant=platform, request=RefundRequest(charge_id=row.charge_id), at=now()
        ),
    ):
        with pytest.raises(InvalidRequest) as refused:
            act()
        assert refused.value.code == "charge_disputed"


def test_the_platform_bears_the_dispute_of_a_payment_that_it_shared():
    platform = a_platform()
    seller = a_seller(platform)

    row = a_dispute(platform, transfer_destination=seller.account_id, application_fee_amount=10_00)
    assert (total(platform), total(seller)) == (-108_20, 90_00)
    assert answer(platform, row, "winning_evidence").status == "won"

    assert (total(platform), total(seller)) == (-8_20, 90_00)
    assert_books_balance()


def test_the_seller_bears_the_dispute_of_its_own_charge():
    platform = a_platform()
    seller = a_seller(platform)

    row = a_dispute(seller)

    assert row.account_id == seller.account_id
    assert (total(platform), total(seller)) == (0, -18_20)
    assert Event.objects.get(type="charge.dispute.created").account_id == seller.account_id
    assert_books_balance()


@pytest.mark.parametrize(
    ("fees", "losses", "opened", "won"),
    [
        ("application", "application", (-8_20, -10_00), (-8_20, 90_00)),
        ("account", "application", (10_00, -28_20), (10_00, 71_80)),
        ("application", "stripe", (6_80, -25_00), (6_80, 75_00)),
    ],
)
def test_who_pays_the_fee_of_a_dispute_of_a_sellers_own_charge(fees, losses, opened, won):
    platform = a_platform()
    seller = a_seller(
        platform, controller={"fees": {"payer": fees}, "losses": {"payments": losses}}
    )

    row = a_dispute(seller, application_fee_amount=10_00, platform_id=platform.account_id)
    assert (total(platform), total(seller)) == opened
    answer(seller, row, "winning_evidence")

    assert (total(platform), total(seller)) == won
    assert_books_balance()


def test_a_late_capture_is_disputed_for_what_was_captured():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method=FRAUD, capture_method="manual")
    assert disputes.fetch(at=now()) == 0

    authorizations.capture(tenant=platform, intent_id=intent.id, amount_to_capture=40_00, at=now())

    assert Dispute.objects.get().amount == 40_00
    assert_books_balance()


def test_an_early_fraud_warning_is_noted_once_and_moves_nothing():
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_createIssuerFraudRecord")

    assert disputes.fetch(at=now()) == 0
    row = EarlyFraudWarning.objects.select_related("charge").get()
    assert resources.early_fraud_warning(row)["actionable"]
    refunds.create(tenant=platform, charge_id=row.charge_id, at=now())
    row.charge.refresh_from_db()
    assert not resources.early_fraud_warning(row)["actionable"]
    assert Event.objects.filter(type="radar.early_fraud_warning.created").count() == 1
    settled = json.loads(Event.objects.get(type="radar.early_fraud_warning.updated").data)
    assert settled["object"]["id"] == row.id
    assert settled["previous_attributes"] == {"actionable": True}
    assert_books_balance()


@pytest.mark.parametrize(
    ("stages", "status", "has"),
    [
        (["open", "open"], "needs_response", -18_20),
        (["won"], "won", 81_80),
        (["won", "open", "under_review", "lost", "won"], "won", 81_80),
        (["lost", "open", "won"], "lost", -18_20),
        (["under_review", "open"], "under_review", -18_20),
        (["open", "inquiry", "inquiry_closed"], "needs_response", -18_20),
        (["inquiry_closed", "inquiry"], "warning_closed", 96_80),
        (["inquiry", "open", "inquiry_closed", "lost"], "lost", -18_20),
    ],
)
def test_reports_that_come_late_twice_and_out_of_order_leave_the_books_right(stages, status, has):
    platform = a_platform()
    a_paid_intent(platform)
    charge = Charge.objects.get()

    for stage in stages:
        returned = 100_00 if stage == "won" else 0
        record(a_report(charge, stage=DisputeStage(stage), returned_amount=returned))

    assert Dispute.objects.get().status == status
    assert total(platform) == at_the_processor() == has
    assert told().count("created") == 1
    assert_books_balance()


def test_a_part_may_come_back_of_a_dispute_that_is_lost():
    platform = a_platform()
    a_paid_intent(platform)
    charge = Charge.objects.get()

    record(a_report(charge, stage=DisputeStage.LOST, returned_amount=30_00))

    charge.refresh_from_db()
    assert (Dispute.objects.get().status, charge.amount_disputed) == ("lost", 70_00)
    assert total(platform) == 96_80 - 15_00 - 70_00
    assert_books_balance()


def test_a_report_that_contradicts_the_books_is_left_for_somebody_to_look_at():
    platform = a_platform()
    a_paid_intent(platform)
    report = a_report(Charge.objects.get())
    record(report)

    for wrong in (
        replace(report, amount=90_00),
        replace(report, currency="eur"),
        replace(report, stage=DisputeStage.WON, returned_amount=100_01),
    ):
        with pytest.raises(dispute_reports.DisputeDiffers):
            record(wrong)
    with pytest.raises(Missing):
        record(replace(report, charge_key="ch_nobodys"))
    assert total(platform) == -18_20
    assert_books_balance()


def test_the_same_report_eight_times_at_once_takes_the_money_once():
    platform = a_platform()
    a_paid_intent(platform)
    report = a_report(Charge.objects.get())

    def work():
        try:
            record(report)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Dispute.objects.count() == 1
    assert total(platform) == -18_20
    assert_books_balance()
