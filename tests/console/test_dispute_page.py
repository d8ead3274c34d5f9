"""The page of a dispute: deadline, reason, papers, and an answer that is sent once."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, File
from core.admin import page_of
from payments.disputes.operator_pages import papers
from payments.models import Dispute
from payments.resources.disputes import EVIDENCE
from tests import factories
from tests.books import assert_books_balance, total
from tests.factories import a_platform
from tests.payments.disputing import a_dispute

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture
def dispute() -> Dispute:
    return a_dispute(
        a_platform(),
        payment_method="pm_card_createDisputeProductNotReceived",
        description="Three cups",
        receipt_email="ada@example.com",
    )


def text(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_a_dispute_tells_its_deadline_what_the_payer_says_and_what_helps(operator, dispute):
    page = page_of("payments_dispute", dispute.id)

    with CaptureQueriesContext(connection) as captured:
        answer = operator.get(page)

    shown = text(answer)
    assert "The bank has taken the money: answer it" in shown
    assert "days left, until" in shown
    assert "The payer says that nothing came." in shown
    assert 'value="ada@example.com"' in answer.content.decode()
    assert "Three cups" in answer.content.decode()
    assert len(captured) <= 10


def test_every_paper_that_helps_is_a_field_of_the_evidence():
    named = {
        name for reason in [*papers.REASONS.values(), papers.GENERAL] for name in reason.papers
    }

    assert named <= set(EVIDENCE)


def test_an_answer_is_kept_then_sent_once(operator, dispute):
    page = page_of("payments_dispute", dispute.id)
    fields = {
        "shipping_tracking_number": "JD01",
        "shipping_documentation": SimpleUploadedFile("proof.png", PNG),
    }

    kept = text(operator.post(page, fields | {"do": "save"}, follow=True))
    unsure = text(operator.post(page, {"do": "submit", "reason": "It came"}, follow=True))
    dispute.refresh_from_db()
    assert (dispute.status, dispute.submission_count) == ("needs_response", 0)
    form = {"do": "submit", "sure": "1", "reason": "It came"}
    sent = text(operator.post(page, form, follow=True))
    operator.post(page, form, follow=True)

    assert "It is kept, and not sent yet." in kept
    assert "an answer is sent once" in unsure
    assert "The bank has the answer." in sent
    dispute.refresh_from_db()
    assert (dispute.submission_count, dispute.evidence["shipping_tracking_number"]) == (1, "JD01")
    assert File.objects.get().id == dispute.evidence["shipping_documentation"]
    actions = AuditEvent.objects.filter(target_id=dispute.id).values_list("action", flat=True)
    assert sorted(actions) == ["dispute.drafted", "dispute.submitted"]
    assert_books_balance()


def test_what_is_no_paper_is_refused_and_the_form_is_kept(operator, dispute):
    page = page_of("payments_dispute", dispute.id)
    wrong = SimpleUploadedFile("proof.png", b"<html>")

    answer = operator.post(
        page, {"do": "save", "customer_name": "Ada L", "shipping_documentation": wrong}
    )

    assert 'role="alert"' in answer.content.decode()
    assert 'value="Ada L"' in answer.content.decode()
    dispute.refresh_from_db()
    assert dispute.evidence == {}


def test_a_dispute_is_accepted_with_a_reason(operator, dispute):
    page = page_of("payments_dispute", dispute.id)
    before = total(dispute.tenant)

    without = text(operator.post(page, {"do": "accept", "reason": ""}, follow=True))
    shown = text(operator.post(page, {"do": "accept", "reason": "It was lost"}, follow=True))

    assert "Say why" in without
    assert "the payer keeps the money" in shown
    dispute.refresh_from_db()
    assert dispute.status == "lost"
    assert total(dispute.tenant) == before
    recorded = AuditEvent.objects.get(action="dispute.accepted")
    assert (recorded.target_id, recorded.reason) == (dispute.id, "It was lost")
    assert_books_balance()


def test_a_document_is_shown_as_what_it_is_and_who_looked_is_recorded(operator, dispute):
    page = page_of("payments_dispute", dispute.id)
    proof = SimpleUploadedFile("proof.png", PNG)
    operator.post(page, {"do": "save", "shipping_documentation": proof})
    file = File.objects.get()

    answer = operator.get(reverse("admin:console_document", args=[file.id]))

    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert AuditEvent.objects.get(action="document.viewed").target_id == file.id
    assert operator.get(reverse("admin:console_document", args=["file_1"])).status_code == 404


def test_whoever_may_not_look_or_answer_cannot(operator, dispute):
    page = page_of("payments_dispute", dispute.id)
    operator.post(page, {"do": "save", "shipping_documentation": SimpleUploadedFile("a.png", PNG)})
    client = Client()
    client.force_login(factories.an_operator("books@example.com", role="finance"))

    assert client.get(page).status_code == 200
    for verb in ("save", "submit", "accept", "other"):
        assert client.post(page, {"do": verb, "sure": "1", "reason": "x"}).status_code == 403
    document = reverse("admin:console_document", args=[File.objects.get().id])
    assert client.get(document).status_code == 403
    assert not AuditEvent.objects.filter(action="document.viewed").exists()
