"""The payer gets a letter about a payment: once, and in a language of theirs."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.services import mailings
from payments import resources
from payments.charges.services import charges, receipts
from payments.customers.services import customers
from payments.intents.services import authorizations
from payments.models import Charge, Receipt
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, moment, now
from tests.payments.scanning import a_code, press

pytestmark = pytest.mark.django_db


def paid(platform, **details):
    wanted = {"receipt_email": "ada@example.com", "description": "Tea & <b>cake</b>"} | details
    return a_paid_intent(platform, **wanted)


def test_a_payment_with_an_address_has_one_letter():
    platform = a_platform(business_profile={"name": "The Tea <Shop>"})
    paid(platform)
    a_paid_intent(platform)

    assert (receipts.send_due(at=now()), receipts.send_due(at=now())) == (1, 0)

    (letter,) = mail.outbox
    number = resources.charge(Charge.objects.get(receipt_email="ada@example.com"))["receipt_number"]
    assert letter.to == ["ada@example.com"]
    assert letter.subject == f"Your receipt from The Tea <Shop> [#{number}]"
    assert "Amount paid: 100.00 USD" in letter.body
    assert "Payment method: Visa ending in 4242" in letter.body
    assert "Tea & <b>cake</b>" in letter.body
    html = letter.alternatives[0].content
    assert "Tea &amp; &lt;b&gt;cake&lt;/b&gt;" in html
    assert "This is a test. No money moved." in html
    assert letter.extra_headers["Message-ID"] == f"<{Receipt.objects.get().id}@127.0.0.1>"
    assert_books_balance()


def test_the_letter_is_in_thai_for_whoever_prefers_that():
    platform = a_platform()
    customer = customers.create(tenant=platform, preferred_locales=["de", "th-TH"], at=now())
    paid(platform, customer_id=customer.id)
    Charge.objects.update(captured_at=moment("2026-11-23T10:00:00"))

    receipts.send_due(at=now())

    (letter,) = mail.outbox
    assert letter.subject.startswith("ใบเสร็จรับเงินจาก")
    assert "วันที่ชำระ: 23 พฤศจิกายน 2569" in letter.body


def test_what_is_only_authorised_has_its_letter_when_it_is_captured():
    platform = a_platform()
    intent = paid(platform, capture_method="manual")
    assert receipts.send_due(at=now()) == 0

    authorizations.capture(tenant=platform, intent_id=intent.id, amount_to_capture=40_00, at=now())

    assert receipts.send_due(at=now()) == 1
    assert "40.00 USD" in mail.outbox[0].body


def test_another_address_later_gets_a_letter_with_the_same_number():
    platform = a_platform()
    intent = paid(platform)
    receipts.send_due(at=now())

    charges.update(
        tenant=platform,
        charge_id=str(intent.latest_charge_id),
        changes={"receipt_email": "bob@example.com"},
        at=now(),
    )
    receipts.send_due(at=now())

    first, second = mail.outbox
    assert (first.to, second.to) == (["ada@example.com"], ["bob@example.com"])
    assert first.subject == second.subject


def test_a_mail_server_that_says_no_is_asked_again_later_and_given_up(monkeypatch):
    def refuse(self, *args, **kwargs):
        raise OSError("The mail server is down.")

    paid(a_platform())
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    at = now()

    assert receipts.send_due(at=at) == 0
    assert receipts.send_due(at=at + timedelta(seconds=59)) == 0
    assert Receipt.objects.get().tries == 1
    for _ in range(20):
        at += timedelta(days=1)
        receipts.send_due(at=at)
    row = Receipt.objects.get()
    assert (row.tries, row.next_try_at, row.sent_at) == (mailings.MOST_TRIES, None, None)


def test_test_mode_can_be_silent(settings):
    settings.SENDS_TEST_RECEIPTS = False
    paid(a_platform())

    receipts.send_due(at=now())

    assert mail.outbox == []


def test_what_is_no_card_is_named_as_people_name_it():
    platform = a_platform()
    intent = a_code(platform, receipt_email="somchai@example.com")
    press(intent, "pay")

    assert receipts.send_due(at=now()) == 1

    assert "Payment method: PromptPay\n" in mail.outbox[0].body
    assert "1,000.00 THB" in mail.outbox[0].body
    assert_books_balance()
