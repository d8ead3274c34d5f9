"""Seller and platform have a letter when money arrives that cannot be paid out."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import Account
from accounts.services import letters
from connect.models import AccountRequirements
from connect.onboarding.services import external_accounts, stranded
from connect.transfers.services import reversals, transfers
from core import ids
from core.tenant import Tenant
from ledger.models import BalanceTransaction
from tests.books import assert_books_balance
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, as_owner, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    platform = a_platform(email="platform@example.com")
    a_paid_intent(platform, amount=1_000_00, payment_method="pm_card_bypassPending")
    return platform


@pytest.fixture
def abroad(platform):
    return a_seller_abroad(platform)


def a_seller_abroad(platform, email="seller@example.com") -> Tenant:
    seller = a_seller(platform, default_currency="eur", email=email)
    a_bank_account(
        seller, "DE89370400440532013000", country="DE", currency="eur", routing_number=None
    )
    return seller


def give(platform, seller, amount=100_00):
    return transfers.create(
        tenant=platform, amount=amount, currency="usd", destination=seller.account_id, at=now()
    )


def told() -> dict[str, mail.EmailMessage]:
    """Return the letters since the last time."""
    letters.send_due(at=now())
    found = {letter.to[0]: letter for letter in mail.outbox}
    assert len(found) == len(mail.outbox)
    mail.outbox.clear()
    return found


def test_both_are_told_once_with_the_ways_out(platform, abroad):
    give(platform, abroad)
    stranded.report_stranded(at=now())
    give(platform, abroad)
    stranded.report_stranded(at=now())
    stranded.sweep(at=now())

    found = told()

    assert set(found) == {"seller@example.com", "platform@example.com"}
    sellers, platforms = found["seller@example.com"], found["platform@example.com"]
    assert sellers.subject == "Ada's Shop has USD that cannot be paid out yet (test mode)"
    assert "has 100.00 USD, and none of its bank accounts takes USD" in sellers.body
    assert "ask Platform (platform@example.com)" in sellers.body
    assert platforms.subject == "Ada's Shop has USD and no bank account for it (test mode)"
    assert f"({abroad.account_id})" in platforms.body
    assert "a rate from USD to EUR" in platforms.body
    assert_books_balance()


def test_each_is_told_in_its_own_language(platform, abroad):
    Account.objects.filter(id=platform.account_id).update(country="TH")
    give(platform, abroad)
    stranded.report_stranded(at=now())

    found = told()

    assert "cannot be paid out yet" in found["seller@example.com"].subject
    assert found["platform@example.com"].subject == (
        "ผู้ขาย Ada's Shop มีเงินสกุล USD แต่ไม่มีบัญชีธนาคารที่รับได้ (โหมดทดสอบ)"
    )
    assert "กำหนดอัตราแลกเปลี่ยนจาก USD เป็น EUR" in found["platform@example.com"].body

    other = a_seller_abroad(platform, "nok@example.com")
    Account.objects.filter(id=other.account_id).update(language="th")
    give(platform, other)
    stranded.report_stranded(at=now())
    letter = told()["nok@example.com"]
    assert letter.subject == "ยังโอนเงินสกุล USD ของ Ada's Shop เข้าธนาคารไม่ได้ (โหมดทดสอบ)"
    assert "มียอดเงิน 100.00 USD" in letter.body


def test_when_it_happens_again_they_are_told_again(platform, abroad):
    give(platform, abroad)
    stranded.report_stranded(at=now())
    bank = a_bank_account(abroad)
    assert AccountRequirements.objects.get(account_id=abroad.account_id).stranded == []
    external_accounts.delete(tenant=abroad, external_id=bank.id, at=now())
    told()

    give(platform, abroad)
    assert stranded.report_stranded(at=now()) == 1

    assert set(told()) == {"seller@example.com", "platform@example.com"}


def test_money_that_a_seller_takes_itself_is_seen_as_well(platform, abroad):
    a_paid_intent(
        abroad, application_fee_amount=10_00, platform_id=platform.account_id, amount=100_00
    )

    assert stranded.report_stranded(at=now()) == 1

    found = told()
    assert set(found) == {"seller@example.com", "platform@example.com"}
    row = AccountRequirements.objects.get(account_id=abroad.account_id)
    assert row.stranded == ["usd"]
    assert row.requirements["currently_due"] == ["external_account"]
    assert Event.objects.filter(type="account.updated", account_id=abroad.account_id).exists()
    assert_books_balance()


def test_nobody_is_told_of_what_has_gone_back_meanwhile(platform, abroad):
    transfer = give(platform, abroad)
    reversals.create(tenant=platform, transfer_id=transfer.id, at=now())

    assert stranded.report_stranded(at=now()) == 0

    assert told() == {}
    assert AccountRequirements.objects.get(account_id=abroad.account_id).stranded == []


def test_only_the_newest_are_looked_at_every_few_seconds_and_all_of_a_day_by_the_sweep(
    platform, abroad
):
    give(platform, abroad)
    old = BalanceTransaction.objects.get(account_id=abroad.account_id).id
    # As if it was made five minutes ago.
    before = ids.earlier(old, timedelta(minutes=5))
    as_owner(
        "ALTER TABLE ledger_balancetransaction DISABLE TRIGGER USER;"
        f"UPDATE ledger_balancetransaction SET id = '{before}x' WHERE id = '{old}'"
    )

    assert stranded.report_stranded(at=now()) == 0
    assert stranded.sweep(at=now()) == 1
