"""Evidence is gathered, sent once, and looked at; after the deadline only the bank decides."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection

from accounts.services import files
from core.errors import InvalidRequest, Missing
from payments import resources
from payments.disputes.services import dispute_answers, disputes
from payments.models import Charge
from payments.refunds.services import refunds
from processors.protocols.base import ProcessorUnavailable
from tests import rails
from tests.books import assert_books_balance, at_the_processor, total
from tests.factories import a_platform, now
from tests.payments.disputing import a_dispute, answer, told

pytestmark = pytest.mark.django_db(transaction=True)


def test_winning_evidence_brings_the_amount_back_and_not_the_fee():
    platform = a_platform()
    row = a_dispute(platform)

    won = answer(platform, row, "winning_evidence")

    assert (won.status, won.submission_count) == ("won", 1)
    assert total(platform) == at_the_processor() == 96_80 - 15_00
    assert [line["amount"] for line in won.lines] == [-100_00, 100_00]
    assert Charge.objects.get().amount_disputed == 0
    assert told() == [
        "created",
        "funds_withdrawn",
        "updated",
        "updated",
        "funds_reinstated",
        "closed",
    ]
    refunds.create(tenant=platform, charge_id=row.charge_id, amount=10_00, at=now())
    assert total(platform) == 71_80
    assert_books_balance()


def test_losing_evidence_moves_nothing_more():
    platform = a_platform()
    row = a_dispute(platform)

    lost = answer(platform, row, "losing_evidence")

    assert lost.status == "lost"
    assert total(platform) == at_the_processor() == -18_20
    assert told()[-1] == "closed"
    assert_books_balance()


def test_other_evidence_is_looked_at_and_nothing_can_be_added():
    platform = a_platform()

    row = answer(platform, a_dispute(platform), "It was them.")

    assert (row.status, row.submission_count) == ("under_review", 1)
    with pytest.raises(InvalidRequest) as refused:
        answer(platform, row, "winning_evidence")
    assert refused.value.param == "evidence"


def test_evidence_can_be_kept_for_now_and_sent_later():
    platform = a_platform()
    row = a_dispute(platform)

    kept = answer(platform, row, "winning_evidence", submit=False)
    assert (kept.status, kept.submission_count) == ("needs_response", 0)
    more = {"customer_name": "Ada", "uncategorized_text": "winning_evidence at last"}
    dispute_answers.update(
        tenant=platform, dispute_id=row.id, evidence=more, submit=False, at=now()
    )
    dispute_answers.update(tenant=platform, dispute_id=row.id, submit=True, at=now())
    disputes.fetch(at=now())

    row.refresh_from_db()
    assert (row.status, row.evidence["customer_name"]) == ("won", "Ada")
    assert_books_balance()


def test_an_answer_that_may_not_have_arrived_is_sent_again():
    platform = a_platform()
    row = a_dispute(platform)
    lost = rails.losing_the_answer("submit_evidence", ProcessorUnavailable("Lost."))

    with rails.simulator_with(submit_evidence=lost):
        sent = dispute_answers.update(
            tenant=platform, dispute_id=row.id, evidence={"uncategorized_text": "x"}, at=now()
        )
        assert (sent.status, sent.submission_count) == ("needs_response", 0)
        with pytest.raises(InvalidRequest):
            dispute_answers.update(
                tenant=platform, dispute_id=row.id, evidence={"customer_name": "y"}, at=now()
            )

    assert dispute_answers.repair(at=now() + timedelta(minutes=1)) == 1
    row.refresh_from_db()
    assert (row.status, row.submission_count, row.submitting_since) == ("under_review", 1, None)


def test_whoever_asks_again_for_what_was_sent_is_told_so_and_it_is_sent_once():
    platform = a_platform()
    row = answer(platform, a_dispute(platform), "It was them.")
    before = told()

    again = answer(platform, row, "It was them.")

    assert (again.status, again.submission_count) == ("under_review", 1)
    assert told() == before


def test_after_the_deadline_only_the_bank_decides():
    platform = a_platform()
    row = a_dispute(platform)
    late = row.due_at + timedelta(seconds=1)

    with pytest.raises(InvalidRequest):
        dispute_answers.update(
            tenant=platform, dispute_id=row.id, evidence={"customer_name": "x"}, at=late
        )
    assert resources.dispute(row, at=late)["evidence_details"]["past_due"]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE processors_simulatedrequest SET outcome = outcome || "
            """'{"due_at": "2020-01-01T00:00:00+00:00"}' WHERE action = 'dispute'"""
        )
    disputes.fetch(at=late)
    row.refresh_from_db()
    assert row.status == "lost"


def test_files_of_the_evidence_are_the_merchants_own():
    platform = a_platform()
    row = a_dispute(platform)

    def a_file(tenant, purpose):
        return files.create(
            tenant=tenant,
            purpose=purpose,
            filename="a.pdf",
            content=BytesIO(b"%PDF-"),
            sha256="",
            at=now(),
        ).id

    for wrong in (a_file(a_platform(), "dispute_evidence"), "file_nobodys"):
        with pytest.raises(InvalidRequest) as refused:
            dispute_answers.update(
                tenant=platform, dispute_id=row.id, evidence={"receipt": wrong}, at=now()
            )
        assert refused.value.param == "evidence[receipt]"
    good = a_file(platform, "dispute_evidence")
    sent = dispute_answers.update(
        tenant=platform, dispute_id=row.id, evidence={"receipt": good}, at=now()
    )
    assert sent.evidence == {"receipt": good}


def test_too_much_evidence_and_somebody_elses_dispute_are_refused():
    platform = a_platform()
    row = a_dispute(platform)
    long = dict.fromkeys(resources.EVIDENCE[:8], "x" * 20000)

    with pytest.raises(InvalidRequest):
        dispute_answers.update(tenant=platform, dispute_id=row.id, evidence=long, at=now())
    with pytest.raises(Missing):
        dispute_answers.close(tenant=a_platform(), dispute_id=row.id, at=now())
    row.refresh_from_db()
    assert row.evidence == {}
