"""A day of an operator's work in Chromium: twenty tasks, each by clicks that are counted."""

import re
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEvent
from accounts.services import files
from api import request_log
from connect.models import Payout
from connect.onboarding.services import people
from console.exports import services as exports
from payments.customers.services import customers
from payments.models import Charge, Dispute, FeeSchedule, PaymentIntent, Refund
from processors.models import BankFile
from processors.sepa.formats import text as bank_text
from tests.books import assert_books_balance
from tests.connect.failing import a_failed_payout, a_new_account
from tests.connect.test_bank_payouts import a_payout
from tests.factories import (
    a_key,
    a_paid_intent,
    a_platform,
    a_seller,
    an_operator,
    now,
)
from tests.pages.clicking import PDF_VIEWER, Day, is_of_the_viewer
from tests.payments.disputing import a_dispute
from tests.processors.bank import samples as bank
from tests.processors.bank.samples import OURS
from tests.tenancy.asking import ask
from webhooks.models import Endpoint
from webhooks.services import endpoints

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# Clicks and Enters from the first page on; what is typed is not counted.
CLICKS = {
    "log in": 3, "find by an id": 1, "find by its tail": 1, "find by an order number": 1,
    "find by an e-mail address": 3, "find by an amount": 2, "find by four digits": 2,
    "understand a payment": 1, "see what an event told": 2, "look at a document": 2,
    "refund a payment": 4,
    "type a wrong amount": 3, "capture in part": 4, "cancel a payment": 3, "answer a dispute": 5,
    "pay a failed payout again": 4, "approve and hand over a bank file": 4, "make a bank file": 2,
    "read a file of the bank": 3,
    "stop an endpoint": 4, "make a key": 3, "invite a colleague": 4, "look at live mode": 1,
    "look at test mode": 1, "close the days": 2, "export payments": 4, "open a platform": 2,
    "set a price": 3, "set what payers see": 3, "make an onboarding link": 4,
    "look at a refused request": 1, "refund on a phone": 4,
}  # fmt: skip


@pytest.fixture
def day(chromium, live_server, settings) -> Iterator[Day]:
    settings.ADMIN_WITHOUT_MFA = False
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    settings.REQUEST_LOG_ENABLED = True
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield Day(page, live_server.url)
    context.close()


@pytest.fixture
def market():
    """A platform with a seller, and what a night leaves behind."""
    platform = a_platform(business_profile={"name": "Book Market"})
    seller = a_seller(platform, business_profile={"name": "Tea Shop"}, email="tea@example.com")
    return platform, seller


def log_in(day: Day) -> None:
    with day.doing("log in"):
        day.page.goto(f"{day.base}/admin/")
        day.fill("E-mail address", "operator@example.com")
        day.fill("Password", "secret")
        day.click("button", "Log in")
        secret = day.page.locator("code").inner_text().replace(" ", "")
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        day.fill("The code that it shows", code)
        day.click("button", "Set it up")
        day.click("link", "I have kept them")
        assert "What waits for you" in day.text


def find(day: Day, intent: PaymentIntent) -> None:
    asked = {
        "an id": intent.id,
        "its tail": intent.id[-6:],
        "an order number": "B-1007",
        "an e-mail address": "ada@example.com",
        "an amount": "100.00",
        "four digits": "0077",
    }
    for what, text in asked.items():
        with day.doing(f"find by {what}"):
            day.find(text)
            if what == "an e-mail address":
                day.press(day.page.locator("#content").get_by_role("link", name=intent.customer_id))
                day.click("link", "100.00 USD")
            elif what in ("an amount", "four digits"):
                day.press(day.page.locator("#content").get_by_role("link", name=intent.id))
            assert intent.id in day.text


def refund(day: Day, charge: Charge) -> None:
    with day.doing("refund a payment"):
        day.find("B-1007")
        day.click("link", "Refund")
        day.fill("Amount in USD", "12,50")
        day.click("button", "Show what it would do")
        assert "12.50 USD" in day.text
        day.fill("Why", "The cup broke")
        day.click("button", "Refund 12.50 USD")
        assert "12.50 USD was refunded" in day.page.inner_text("body")
    charge.refresh_from_db()
    assert charge.amount_refunded == 12_50
    assert AuditEvent.objects.get(action="refund.created").reason == "The cup broke"


def refuse_what_is_wrong(day: Day, charge: Charge) -> None:
    with day.doing("type a wrong amount"):
        day.find("B-1007")
        day.click("link", "Refund")
        day.fill("Amount in USD", "1,250")
        day.click("button", "Show what it would do")
        assert day.page.get_by_role("alert").count()
        assert day.page.get_by_label("Amount in USD").input_value() == "1,250"
    assert Refund.objects.count() == 1


def capture_and_cancel(day: Day, platform) -> None:
    held = [
        a_paid_intent(platform, amount=amount, capture_method="manual") for amount in (80_00, 7_00)
    ]
    with day.doing("capture in part"):
        day.find(held[0].id)
        day.click("link", "Capture")
        day.fill("Amount in USD", "50")
        day.click("button", "Show what it would do")
        day.fill("Why", "Two of three are in stock")
        day.click("button", "Capture 50.00 USD")
    with day.doing("cancel a payment"):
        day.find(held[1].id)
        day.click("link", re.compile("Cancel"), exact=False)
        day.fill("Why", "They changed their mind")
        day.click("button", "Cancel the payment over 7.00 USD")
    for intent in held:
        intent.refresh_from_db()
    assert [intent.status for intent in held] == ["succeeded", "canceled"]
    assert held[0].amount_received == 50_00


def answer_a_dispute(day: Day, dispute: Dispute, tmp_path) -> None:
    paper = tmp_path / "proof.png"
    paper.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 32)
    with day.doing("answer a dispute"):
        day.click("link", "Disputes to answer")
        day.press(day.page.locator("#content").get_by_role("link", name=dispute.id))
        assert "days left" in day.text
        day.choose(day.page.locator('input[type="file"]'), paper)
        day.touch(day.page.locator("[name=sure]"))
        day.fill("Why", "It came")
        day.press(day.page.locator("button[value=submit]"))
        assert "The bank has the answer." in day.page.inner_text("body")
    dispute.refresh_from_db()
    assert dispute.submission_count == 1


def look_at_a_document(day: Day, seller) -> None:
    paper = files.create(
        tenant=seller,
        purpose="identity_document",
        filename="passport.pdf",
        content=BytesIO(a_pdf("PASSPORT")),
        sha256="",
        at=now(),
    )
    person = {"first_name": "Tea", "verification": {"document": {"front": paper.id}}}
    people.create(tenant=seller, account_id=seller.account_id, params=person, at=now())
    with day.doing("look at a document"):
        day.find(seller.account_id)
        day.touch(day.page.locator("summary", has_text="passport.pdf"))
        day.wait_for_a_pdf()
    assert AuditEvent.objects.get(action="document.viewed").target_id == paper.id


def understand(day: Day, intent: PaymentIntent) -> None:
    with day.doing("understand a payment"):
        day.find(intent.id)
        for words in ("Where the money is", "What happened", "Who was told", "Tea Shop"):
            assert words in day.text
    with day.doing("see what an event told"):
        day.find(intent.id)
        day.click("link", "payment_intent.succeeded")
        assert "Who was told" in day.text


def pay_again(day: Day, payout: Payout) -> None:
    with day.doing("pay a failed payout again"):
        day.click("link", "Failed payouts")
        day.press(day.page.locator("#content").get_by_role("link", name=payout.id))
        day.click("link", re.compile("[Aa]gain"), exact=False)
        day.fill("Why", "They gave another account")
        day.press(day.page.locator("#content form button.bg-red-600"))
    assert Payout.objects.filter(account=payout.account_id).count() == 2


def send_a_bank_file(day: Day, settings, tmp_path) -> None:
    settings.TEST_PAYOUT_RAIL = "bankfile"
    settings.BANK_NAME = "Market Inc."
    settings.BANK_IBAN = OURS
    platform = a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0)
    a_payout(platform)
    cleo = Client()
    cleo.force_login(an_operator("cleo@example.com"))
    settings.ADMIN_WITHOUT_MFA = True
    cleo.post(reverse("admin:connect_bank_files"), {"do": "make", "livemode": "false"})
    settings.ADMIN_WITHOUT_MFA = False
    with day.doing("approve and hand over a bank file"):
        day.press(day.page.locator("#content").get_by_role("link", name="Bank files"))
        day.fill("Why", "The sum is the list's")
        day.press(day.page.get_by_role("button", name=re.compile("^Approve")))
        with day.page.expect_download():
            day.touch(day.page.get_by_role("link", name=re.compile("^Download")))
        day.fill("Why", "Uploaded")
        day.press(day.page.get_by_role("button", name=re.compile("is with the bank")))
    assert BankFile.objects.get().status == "sent"
    report = tmp_path / "report.xml"
    batch = bank.tag("GrpSts", "RJCT") + bank.reason("AM04")
    report.write_text(
        bank.report(status=batch, file_id=bank_text.reference(BankFile.objects.get().id))
    )
    with day.doing("read a file of the bank"):
        day.press(day.page.locator("#content").get_by_role("link", name="Bank files"))
        day.choose(day.page.locator('input[type="file"]'), report)
        day.press(day.page.get_by_role("button", name="Read it"))
        assert "report.xml: 1 payment changed." in day.page.inner_text("body")
    a_payout(platform)
    with day.doing("make a bank file"):
        day.press(day.page.locator("#content").get_by_role("link", name="Bank files"))
        day.press(day.page.get_by_role("button", name="Make a file in test mode now"))
        assert "was made" in day.page.inner_text("body")


def mend_an_endpoint(day: Day, endpoint: Endpoint) -> None:
    with day.doing("stop an endpoint"):
        day.click("link", "Endpoints")
        day.press(day.page.locator("#content").get_by_role("link", name=endpoint.url))
        day.touch(day.page.locator("summary", has_text="Disable it"))
        day.fill_in("Why", "It moves", near="Disable it")
        day.click("button", "Disable it")
    endpoint.refresh_from_db()
    assert not endpoint.is_enabled


def make_a_key(day: Day, platform) -> None:
    with day.doing("make a key"):
        day.click("link", "API keys")
        day.click("link", "Add one")
        day.fill("Account, acct_…", platform.account_id)
        day.fill("What it is for", "The shop")
        day.fill("Why", "A new server")
        day.click("button", "Make the key")
        assert "sk_test_" in day.text


def invite(day: Day) -> None:
    with day.doing("invite a colleague"):
        day.click("link", "People")
        day.click("link", "Invite a colleague")
        day.fill("E-mail address", "ben@example.com")
        day.page.get_by_label("Role").select_option("support")
        day.clicks[day.task] += 1
        day.click("button", "Invite")
        assert "ben@example.com" in day.text


def switch(day: Day) -> None:
    with day.doing("look at live mode"):
        day.click("button", "Switch to live")
        assert "Test data" not in day.page.inner_text("body")
    with day.doing("look at test mode"):
        day.click("button", "Switch to test")


def close(day: Day) -> None:
    with day.doing("close the days"):
        day.click("link", "The books")
        day.click("button", "Close the days that are over")


def take_along(day: Day) -> None:
    with day.doing("export payments"):
        day.click("link", "Payment intents")
        day.touch(day.page.locator("summary", has_text="Save and export"))
        day.click("button", "Export as CSV")
        exports.make_due(at=now())
        day.page.reload()
        with day.page.expect_download() as told:
            day.touch(day.page.get_by_role("link", name="Download"))
    assert "56.56" in told.value.path().read_text() or "100.00" in told.value.path().read_text()


def open_a_platform(day: Day) -> None:
    with day.doing("open a platform"):
        day.click("link", "Open a platform")
        day.fill("Name", "Flower Market")
        day.fill("E-mail address", "f@example.com")
        day.click("button", "Open the platform")
        assert "sk_test_" in day.text


def set_a_price(day: Day) -> None:
    with day.doing("set a price"):
        day.click("link", "Fee schedules")
        day.click("link", "Add one")
        day.fill("Basis points", "250")
        day.fill("Fixed amount", "0.25")
        day.fill("Currency", "usd")
        day.page.locator("select[name=returns]").select_option("none")
        day.page.locator("[name=starts_at_0]").fill("2099-01-01")
        day.page.locator("[name=starts_at_1]").fill("00:00:00")
        day.press(day.page.locator("[name=_save]"))
    assert FeeSchedule.objects.get().fixed_amount == 25


def set_what_payers_see(day: Day, platform) -> None:
    with day.doing("set what payers see"):
        day.find(platform.account_id)
        day.press(day.page.locator("#content").get_by_role("link", name="Settings"))
        day.page.get_by_label("Payments", exact=True).fill("BOOK MARKET")
        day.fill("Why", "They asked")
        day.press(day.page.locator("#content form button[type=submit]"))
    account = Account.objects.get(id=platform.account_id)
    assert account.settings["payments"]["statement_descriptor"] == "BOOK MARKET"


def hand_over_a_link(day: Day, seller) -> None:
    with day.doing("make an onboarding link"):
        day.find("Tea Sh")
        day.click("link", seller.account_id)
        day.click("link", "Link for its owner")
        day.fill("Why", "They have lost it")
        day.click("button", "Make a link")
        assert "/sellers/enter/" in day.text


def look_at_a_request(day: Day, platform) -> None:
    refused = ask(a_key(platform), "POST", "refunds", charge="ch_1")
    request_log.flush()
    with day.doing("look at a refused request"):
        day.find(refused["Request-Id"])
        assert "resource_missing" in day.text


def work_on_a_phone(day: Day, intent: PaymentIntent) -> None:
    day.page.set_viewport_size({"width": 390, "height": 844})
    with day.doing("refund on a phone"):
        day.page.get_by_placeholder(re.compile("Find")).first.fill(intent.id)
        day.enter()
        day.click("link", "Refund")
        day.fill("Amount in USD", "1")
        day.click("button", "Show what it would do")
        day.fill("Why", "A scratch")
        day.click("button", "Refund 1.00 USD")
        day.page.wait_for_load_state()
        assert day.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Refund.objects.count() == 2


def in_the_guide() -> dict[str, int]:
    """The clicks of each task, as the guide for operators tells them."""
    page = (Path(configured.ROOT) / "docs/how-to/operate-rialto.md").read_text()
    rows = re.findall(r"^\| ([a-z -]+) \| (\d+) \|", page, re.MULTILINE)
    return {task: int(clicks) for task, clicks in rows}


def a_pdf(words: str) -> bytes:
    """Write words on one page of a PDF."""
    drawn = f"BT /F1 24 Tf 20 100 Td ({words}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(written))
        written += b"%d 0 obj %s endobj\n" % (number, part)
    lines = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + lines
    tail = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    return written + head + tail


@pytest.mark.parametrize(
    ("url", "frame", "is_so"),
    [
        (f"{PDF_VIEWER}index.html", "", True),
        ("chrome://resources/js/load.js", f"{PDF_VIEWER}index.html", True),
        ("chrome://resources/js/load.js", "http://localhost/admin/", False),
        ("chrome://settings/", f"{PDF_VIEWER}index.html", False),
        ("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjaj/index.html", "", False),
        ("https://example.com/a.js", f"{PDF_VIEWER}index.html", False),
    ],
)
def test_only_the_browsers_own_viewer_is_not_asked_for_outside(url, frame, is_so):
    assert is_of_the_viewer(url, lambda: frame) is is_so


def test_a_day_of_work(day, market, tmp_path, settings):
    platform, seller = market
    an_operator()
    ada = customers.create(tenant=platform, email="ada@example.com", name="Ada", at=now())
    intent = a_paid_intent(
        platform,
        customer=ada,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
        metadata={"order": "B-1007"},
    )
    charge = Charge.objects.get()
    endpoint, _ = endpoints.create(
        tenant=platform, url="https://example.com/hooks", enabled_events=["*"], at=now()
    )
    failed = a_failed_payout(platform)
    a_new_account(failed)
    log_in(day)
    find(day, intent)
    understand(day, intent)
    look_at_a_document(day, seller)
    refund(day, charge)
    refuse_what_is_wrong(day, charge)
    capture_and_cancel(day, platform)
    answer_a_dispute(day, a_dispute(platform, payment_method="pm_card_createDispute"), tmp_path)
    pay_again(day, failed)
    send_a_bank_file(day, settings, tmp_path)
    mend_an_endpoint(day, endpoint)
    make_a_key(day, platform)
    invite(day)
    switch(day)
    close(day)
    take_along(day)
    open_a_platform(day)
    set_a_price(day)
    set_what_payers_see(day, platform)
    hand_over_a_link(day, seller)
    look_at_a_request(day, platform)
    work_on_a_phone(day, intent)

    assert day.clicks == CLICKS == in_the_guide()
    assert day.problems == []
    assert_books_balance()
