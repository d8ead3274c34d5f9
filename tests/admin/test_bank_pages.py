"""What operators do with the files of payouts."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from connect.models import Payout
from processors.models import BankFile, BankLine
from processors.sepa.formats import text
from processors.sepa.services import bank_files
from tests import factories
from tests.connect.test_bank_payouts import a_payout, a_sent_file, hear
from tests.factories import a_platform, an_operator_named, now
from tests.processors.bank import samples as bank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pays_through_a_bank")]

PAGE = "admin:connect_bank_files"


def an_operator(email: str) -> Client:
    client = Client()
    client.force_login(factories.an_operator(email))
    return client


def submit(client: Client, **fields) -> str:
    fields = {"reason": "As agreed"} | fields
    return client.post(reverse(PAGE), fields, follow=True).content.decode()


def test_a_file_is_made_approved_by_somebody_else_downloaded_sent_and_answered(tmp_path):
    ann, bob = an_operator("ann@example.com"), an_operator("bob@example.com")
    payout = a_payout(a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0))
    assert "1 payment of 50.00 EUR waits in test mode." in ann.get(reverse(PAGE)).content.decode()

    assert "was made." in submit(ann, do="make", livemode="false")
    file = BankFile.objects.get()
    assert "Somebody else must approve" in submit(ann, do="approve", file=file.id)
    assert 'value="approve"' not in (shown := ann.get(reverse(PAGE)).content.decode())
    assert "You made it: somebody else approves it." in shown
    assert 'value="approve"' in bob.get(reverse(PAGE)).content.decode()
    early = ann.get(f"{reverse(PAGE)}{file.id}.xml", follow=True)
    assert "This file is made. Only files that somebody has approved" in early.content.decode()
    assert f"{file.id}.xml" not in ann.get(reverse(PAGE)).content.decode().replace(file.name, "")
    assert "is approved." in submit(bob, do="approve", file=file.id)
    assert AuditEvent.objects.get(action="bank_file.approved").reason == "As agreed"
    got = bob.get(f"{reverse(PAGE)}{file.id}.xml")
    assert got.content == bytes(file.content)
    assert text.reference(payout.attempts.get().id).encode() in got.content
    # A file has two people; it goes to the bank without a word, as programs hand it over.
    assert "is sent." in submit(bob, do="sent", file=file.id, reason="")
    assert "This file is sent" in submit(bob, do="cancel", file=file.id)

    path = tmp_path / "report.xml"
    path.write_text(
        bank.report(
            status=bank.tag("GrpSts", "RJCT") + bank.reason("AM04"), file_id=text.reference(file.id)
        )
    )
    with path.open("rb") as content:
        page = submit(ann, do="take", livemode="false", content=content)

    assert "report.xml: 1 payment changed." in page
    for words in ("made by ann@example.com", "approved by bob@example.com", "Payments: rejected"):
        assert words in page
    assert payout.attempts.get().next_poll_at is not None
    assert Payout.objects.get().status == "in_transit"


def test_whoever_made_a_file_cannot_approve_it_under_another_address():
    ann = an_operator("ann@example.com")
    a_payout(a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0))
    submit(ann, do="make", livemode="false")
    file = BankFile.objects.get()
    User.objects.update(email="zoe@example.com")

    assert "Somebody else must approve" in submit(ann, do="approve", file=file.id)
    assert BankFile.objects.get().status == "made"


def test_the_database_refuses_a_file_that_one_person_made_and_approved():
    an_operator("ann@example.com")
    a_payout(a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0))
    ann = an_operator_named("ann@example.com")
    bank_files.make(livemode=False, by=ann, at=now())

    for change in ({"approver": ann}, {"approver": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BankFile.objects.update(status="approved", **change)
    assert BankFile.objects.get().status == "made"


def test_every_step_of_a_file_is_recorded_with_who_took_it():
    a_payout(a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0))
    file = a_sent_file()

    told_of = AuditEvent.objects.filter(target_id=file.id).order_by("id")
    assert list(told_of.values_list("actor_email", "action")) == [
        ("ann@example.com", "bank_file.made"),
        ("bob@example.com", "bank_file.approved"),
        ("bob@example.com", "bank_file.sent"),
    ]


def test_somebody_says_what_a_line_is_about_and_takes_it_back():
    ann = an_operator("ann@example.com")
    payout = a_payout(a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0))
    a_sent_file()
    key = payout.attempts.get().id
    hear(bank.notification(bank.entry(-50_00, bank.details(-50_00, key="X-1"))))
    line = BankLine.objects.get()
    page = ann.get(reverse(PAGE)).content.decode()
    assert key in page
    assert "(50 of 100)" in page or "(70 of 100)" in page

    assert f"The line is about {key}." in submit(ann, do="assign", line=line.id, payment=key)
    page = ann.get(reverse(PAGE)).content.decode()
    assert f"{key}, by ann@example.com" in page
    assert "What followed from the line is taken back." in submit(ann, do="take_back", line=line.id)
    assert "matched with nothing" in submit(ann, do="take_back", line=line.id)
    assert BankLine.objects.get().undone_who == "ann@example.com"


def test_a_file_that_was_canceled_is_given_to_no_bank():
    ann = an_operator("ann@example.com")
    a_payout(a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0))
    submit(ann, do="make", livemode="false")
    file = BankFile.objects.get()
    bank_files.approve(file_id=file.id, by=an_operator_named("bob@example.com"), at=now())
    assert "is canceled." in submit(ann, do="cancel", file=file.id)

    answer = ann.get(f"{reverse(PAGE)}{file.id}.xml", follow=True)

    assert "This file is canceled." in answer.content.decode()


def test_a_line_about_no_payout_is_put_aside_until_somebody_takes_that_back():
    ann = an_operator("ann@example.com")
    hear(bank.notification(bank.entry(-5_00, bank.details(-5_00, key="FEE"))))
    line = BankLine.objects.get()
    assert "It is about no payout" in ann.get(reverse(PAGE)).content.decode()

    assert "it is about no payout." in submit(ann, do="aside", line=line.id)
    page = ann.get(reverse(PAGE)).content.decode()
    assert "no payout, by ann@example.com" in page
    assert "It is about no payout" not in page
    assert "matched already" in submit(ann, do="aside", line=line.id)
    assert "is taken back" in submit(ann, do="take_back", line=line.id)

    assert BankLine.objects.get().matched_by == ""


def test_nothing_is_done_in_the_mode_that_the_page_does_not_show(tmp_path):
    ann = an_operator("ann@example.com")
    path = tmp_path / "a.xml"
    path.write_text(bank.notification(bank.entry(-5_00, bank.details(-5_00, key="FEE"))))

    for fields in ({}, {"livemode": ""}, {"livemode": "perhaps"}, {"livemode": "true"}):
        with path.open("rb") as content:
            page = submit(ann, do="take", content=content, **fields)
        assert "It is of the other mode" in page
        assert '<input type="hidden" name="livemode" value="false"' in page
    assert not BankFile.objects.exists()
    with path.open("rb") as content:
        submit(ann, do="take", livemode="false", content=content)
    a_payout(a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0))
    submit(ann, do="make", livemode="false")
    file, line = BankFile.objects.get(kind="payments"), BankLine.objects.get()

    ann.post("/admin/mode/", {"livemode": "true"})
    for fields in (
        {"do": "make", "livemode": "false"},
        {"do": "approve", "file": file.id},
        {"do": "aside", "line": line.id},
    ):
        assert "It is of the other mode" in submit(ann, **fields)
    ann.post("/admin/mode/", {"livemode": "false"})
    submit(an_operator("bob@example.com"), do="approve", file=file.id)
    ann.post("/admin/mode/", {"livemode": "true"})
    got = ann.get(f"{reverse(PAGE)}{file.id}.xml", follow=True)

    assert "It is of the other mode" in got.content.decode()
    line.refresh_from_db()
    assert (line.matched_by, BankFile.objects.count()) == ("", 2)


def test_what_cannot_be_read_is_stated_and_changes_nothing(tmp_path):
    ann = an_operator("ann@example.com")
    path = tmp_path / "bad.xml"
    path.write_text("<Document>")

    with path.open("rb") as content:
        page = submit(ann, do="take", livemode="false", content=content)

    assert "This file cannot be read" in page
    assert not BankFile.objects.exists()


def test_only_who_may_change_files_gets_their_bytes():
    a_payout(a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0))
    ann = an_operator("ann@example.com")
    submit(ann, do="make", livemode="false")
    file = BankFile.objects.get()
    clerk = Client()
    clerk.force_login(factories.an_operator("clerk@example.com", role=""))

    for answer in (clerk.get(reverse(PAGE)), clerk.get(f"{reverse(PAGE)}{file.id}.xml")):
        assert answer.status_code == 403
