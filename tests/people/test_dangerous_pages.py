"""What moves money, makes keys, exports or says who may what is asked for a proof first."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse

from accounts.models import ApprovalRequest
from payments.disputes.services import disputes
from payments.models import Dispute
from processors.protocols.disputes import DisputeReport, DisputeStage
from tests.admin import matrix
from tests.admin.test_audit_coverage import WRITES
from tests.factories import a_paid_intent, a_platform, an_operator, now
from tests.people.proving import logged_in, with_application

pytestmark = pytest.mark.django_db
# Pages that write, and move no money, make no key, export nothing and give nobody a right.
UNASKED = {
    "connect_account_look", "connect_account_settings", "connect_payout_ask", "console_document",
    "console_notes", "console_books", "console_routing_rule", "payments_unknown",
    "webhooks_endpoint_change", "webhooks_resend", "webhooks_resend_unaccepted",
    # Whoever comes with an invitation or logs in with a passkey proves who they are by that.
    "people_passkey", "people_take_up",
}  # fmt: skip
# What is done by a page of which not every button is dangerous.
DOES = {
    "console_routing": "publish",
    "payments_dispute_change": "accept",
    "people_security": "remove",
}


def pages() -> Iterator[str]:
    """Every page that takes a form, by its name."""
    yield from WRITES
    for kind, table in {
        "add": matrix.ADDS,
        "change": matrix.CHANGES,
        "delete": matrix.DELETES,
    }.items():
        yield from (f"{name}_{kind}" for name in matrix.cells(table))
    yield from (f"{name}_changelist" for name in matrix.ACTIONS)
    yield "payments_dispute_change"


def address(name: str, key: str = "x_1") -> str:
    for full in (f"admin:{name}", name):
        for args in ([], [key]):
            try:
                return reverse(full, args=args)
            except NoReverseMatch:
                continue
    raise AssertionError(f"There is no page {name}.")


@pytest.fixture
def stale(settings):
    """A browser in which the second factor was proven five minutes ago."""
    settings.ADMIN_WITHOUT_MFA = False
    with_application(an_operator())
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False) as clock:
        browser = logged_in()
        clock.shift(301)
        yield browser


@pytest.fixture
def keys():
    """Rows of pages that ask only about a row that there is."""
    intent = a_paid_intent(a_platform())
    report = DisputeReport(
        "out_1", str(intent.latest_charge_id), DisputeStage.OPEN, 90_00, "usd", "fraudulent"
    )
    disputes.record(report, processor="simulator", at=now())
    asked = ApprovalRequest.objects.create(
        action="block.release",
        parameters={},
        sha256="1",
        rule_id="1",
        above_amount=0,
        requested_by_id="user_1",
        account_id=intent.account_id,
        livemode=False,
        created_at=now(),
        expires_at=now(),
    )
    return {"payments_dispute_change": Dispute.objects.get().id, "accounts_approval": asked.id}


def asks(answer) -> bool:
    told = "Confirm that it is you" in answer.content.decode()
    return told or answer.headers.get("Location", "").startswith("/admin/confirm/?next=")


def test_every_form_is_asked_for_a_proof_but_those_that_are_known_to_need_none(keys, stale):
    found = {
        name: asks(
            stale.post(
                address(name, keys.get(name, "x_1")), {"do": DOES.get(name, "x"), "reason": "So"}
            )
        )
        for name in dict.fromkeys(pages())
    }

    assert {name for name, asked in found.items() if not asked} == UNASKED
    assert len(found) > 60


def test_what_was_sent_is_held_while_a_proof_is_asked_for_and_the_page_may_be_looked_at(stale):
    page = address("connect_negative_balances")
    asked = stale.post(page, {"do": "something"}).content.decode()

    assert "<h1" in asked
    assert 'name="do" value="something"' in asked
    assert stale.get(page).status_code == 200


def test_a_file_for_the_bank_is_not_taken_away_without(stale):
    answer = stale.get(f"{reverse('admin:connect_bank_files')}bf_1.xml")

    assert answer["Location"].startswith("/admin/confirm/?next=")


def test_a_file_that_was_sent_is_chosen_again(stale):
    file = SimpleUploadedFile("statement.xml", b"<x/>")
    answer = stale.post(reverse("admin:connect_bank_files"), {"do": "take", "file": file})

    assert answer["Location"].startswith("/admin/confirm/?next=")
    assert "choose the file again" in stale.get(answer["Location"]).content.decode()
