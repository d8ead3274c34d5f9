"""An account is told by letter of what it chose, once each, and of nothing else."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import Letter
from accounts.services import letters
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from core.database.transactions import atomic
from payments.models import Charge
from processors.protocols.disputes import DisputeStage
from tests.books import assert_books_balance
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller_with, moment, now
from tests.payments.disputing import a_report, record
from webhooks.models import Endpoint
from webhooks.sending.client import Reply
from webhooks.services import endpoint_health, endpoints

pytestmark = pytest.mark.django_db

DUE = moment("2026-12-24T18:00:00Z")
ALL = {"dispute_opened": True, "payout_failed": True, "endpoint_failing": True}


@pytest.fixture(autouse=True)
def _quick_bank(settings):
    # In a test the database stands still.
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600


def a_charge(platform) -> Charge:
    return Charge.objects.get(payment_intent_id=a_paid_intent(platform).id)


def told() -> list[mail.EmailMessage]:
    """Return the letters since the last time."""
    letters.send_due(at=now() + timedelta(days=9))
    found = list(mail.outbox)
    mail.outbox.clear()
    return found


def a_failed_payout(seller, number="000111111116"):
    """Fail a payout, and ask its bank again and again."""
    a_bank_account(seller, number)
    payout = payouts.create(tenant=seller, amount=50_00, currency="usd", at=now())
    for hours in range(1, 5):
        sending.send_due(at=now() + timedelta(hours=hours))
        sending.poll_due(at=now() + timedelta(hours=hours + 2))
    payout.refresh_from_db()
    assert payout.status == "failed"
    return payout


def an_endpoint(tenant):
    return endpoints.create(
        tenant=tenant, url="https://shop.example/hook", enabled_events=["*"], at=now()
    )[0]


def answer(endpoint, status_code, *, after=timedelta(), error=""):
    endpoint = Endpoint.objects.get(id=endpoint.id)
    at, reply = now() + after, Reply(status_code, "", 5, error)
    with atomic():
        endpoint_health.note(endpoint, reply, at=at)


def test_nobody_is_told_of_anything_before_it_is_chosen():
    platform = a_platform(email="platform@example.com")
    record(a_report(a_charge(platform)))
    a_failed_payout(a_seller_with(platform, 100_00, email="seller@example.com"))
    endpoint = an_endpoint(platform)
    answer(endpoint, 500)
    answer(endpoint, 500, after=timedelta(hours=25))
    answer(endpoint, 410, after=timedelta(hours=26))

    assert not Letter.objects.exists()
    assert_books_balance()


def test_of_a_dispute_its_own_account_is_told_once():
    platform = a_platform(email="platform@example.com", alerts=ALL)
    other = a_platform(email="other@example.com", alerts=ALL)
    charge = a_charge(platform)
    a_paid_intent(other)
    for _ in range(2):
        record(a_report(charge, reason="product_not_received", due_at=DUE))
    record(a_report(charge, reason="product_not_received", stage=DisputeStage.UNDER_REVIEW))

    (letter,) = told()

    assert letter.to == ["platform@example.com"]
    assert letter.subject == "100.00 USD of Platform is disputed (test mode)"
    assert "The payer says that nothing came." in letter.body
    assert "The money was taken out of the balance" in letter.body
    assert "before 24 December 2026, 18:00 UTC" in letter.body
    assert_books_balance()


def test_a_dispute_is_told_in_thai_to_the_address_that_was_chosen():
    chosen = {"dispute_opened": True, "address": "risk@example.com"}
    platform = a_platform(country="TH", email="platform@example.com", alerts=chosen)
    charge = a_charge(platform)
    record(a_report(charge, stage=DisputeStage.INQUIRY, reason="fraudulent", due_at=DUE))

    (letter,) = told()

    assert letter.to == ["risk@example.com"]
    assert letter.subject == "มีการโต้แย้งการชำระเงิน 100.00 USD ของ Platform (โหมดทดสอบ)"
    assert "ผู้ชำระเงินแจ้งว่ามีผู้อื่นเป็นผู้ชำระ" in letter.body
    assert "ยังไม่มีการหักเงินจากยอดคงเหลือ" in letter.body
    assert "24 ธันวาคม 2569 เวลา 18:00 UTC" in letter.body


def test_what_ended_before_it_was_heard_of_asks_for_no_answer():
    platform = a_platform(email="platform@example.com", alerts=ALL)
    charge = a_charge(platform)
    record(a_report(charge, stage=DisputeStage.LOST, due_at=DUE))

    (letter,) = told()

    assert "No answer is needed now." in letter.body
    assert "evidence" not in letter.body


@pytest.mark.parametrize(
    ("language", "subject", "advice"),
    [
        ("en", "A payout to Ada's Shop failed (test mode)", "correct it or add another one"),
        ("th", "โอนเงินให้ Ada's Shop ไม่สำเร็จ (โหมดทดสอบ)", "แก้ไขหรือเพิ่มบัญชีใหม่"),
    ],
)
def test_of_a_failed_payout_its_own_account_is_told_once(language, subject, advice):
    platform = a_platform(email="platform@example.com", alerts=ALL)
    seller = a_seller_with(
        platform, 100_00, email="seller@example.com", alerts=ALL, language=language
    )

    payout = a_failed_payout(seller)

    (letter,) = told()
    assert (letter.to, letter.subject) == (["seller@example.com"], subject)
    assert "50.00 USD" in letter.body
    assert payout.failure_message in letter.body
    assert advice in letter.body
    assert_books_balance()


def test_whoever_has_no_wrong_bank_account_is_not_asked_for_another():
    seller = a_seller_with(a_platform(), 100_00, email="seller@example.com", alerts=ALL)

    # Three times it could not even be sent.
    a_failed_payout(seller, "000777777776")

    (letter,) = told()

    assert "make the payout again later" in letter.body
    assert "add another one" not in letter.body
    assert_books_balance()


def test_of_an_endpoint_that_fails_its_own_account_is_told():
    platform = a_platform(email="platform@example.com", alerts=ALL)
    a_platform(email="other@example.com", alerts=ALL)
    endpoint = an_endpoint(platform)
    answer(endpoint, 500)
    answer(endpoint, 200, after=timedelta(minutes=61))
    answer(endpoint, 500, after=timedelta(hours=26))
    assert told() == []

    answer(endpoint, None, after=timedelta(hours=51), error="Nobody listens there.")
    answer(endpoint, 503, after=timedelta(hours=60))

    (letter,) = told()
    assert letter.to == ["platform@example.com"]
    assert letter.subject == "A webhook endpoint of Platform has failed for a day (test mode)"
    assert "https://shop.example/hook has accepted no event since" in letter.body
    assert "Its last answer: none. Nobody listens there." in letter.body


def test_an_endpoint_that_somebody_has_mended_begins_anew():
    platform = a_platform(email="platform@example.com", alerts=ALL)
    endpoint = an_endpoint(platform)
    answer(endpoint, 500)
    endpoints.update(tenant=platform, endpoint_id=endpoint.id, changes={"url": "https://b.example"})
    answer(endpoint, 500, after=timedelta(hours=30))

    assert told() == []


def test_of_an_endpoint_that_is_gone_its_account_is_told_once():
    platform = a_platform(country="TH", email="platform@example.com", alerts=ALL)
    endpoint = an_endpoint(platform)
    answer(endpoint, 500)
    answer(endpoint, 410, after=timedelta(hours=30))
    answer(endpoint, 410, after=timedelta(hours=31))

    (letter,) = told()

    assert letter.subject == "ปลายทาง webhook ของ Platform ถูกปิดใช้งาน (โหมดทดสอบ)"
    assert "https://shop.example/hook ถูกปิดใช้งาน" in letter.body
    assert "คำตอบล่าสุด: HTTP 410" in letter.body
    assert not Endpoint.objects.get().is_enabled
