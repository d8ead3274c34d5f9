"""Payments that are disputed, and what their owners and rails say, for tests of what follows."""

from payments.disputes.services import dispute_answers, disputes
from payments.models import Dispute
from processors.protocols.disputes import DisputeReport, DisputeStage
from tests.factories import a_paid_intent, now
from webhooks.models import Event

FRAUD = "pm_card_createDispute"


INQUIRY = "pm_card_createDisputeInquiry"


def a_dispute(platform, **details):
    a_paid_intent(platform, **{"payment_method": FRAUD} | details)
    disputes.fetch(at=now())
    return Dispute.objects.select_related("charge").get()


def answer(platform, row, text, **more):
    dispute_answers.update(
        tenant=platform, dispute_id=row.id, evidence={"uncategorized_text": text}, at=now(), **more
    )
    disputes.fetch(at=now())
    row.refresh_from_db()
    return row


def told():
    found = Event.objects.filter(type__startswith="charge.dispute.").order_by("id")
    return [type.removeprefix("charge.dispute.") for type in found.values_list("type", flat=True)]


def a_report(charge, **details):
    return DisputeReport(
        **{
            "reference": "out_1",
            "charge_key": charge.id,
            "stage": DisputeStage.OPEN,
            "amount": 100_00,
            "currency": "usd",
            "reason": "general",
            "fee_amount": 15_00,
        }
        | details
    )


def record(report):
    disputes.record(report, processor="simulator", at=now())
