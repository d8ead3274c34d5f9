"""Whoever is killed while letters are written or sent loses none."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Account, Letter
from accounts.services import letters, mailings
from connect.models import AccountRequirements
from connect.onboarding.services import external_accounts, stranded, verification
from connect.payouts.services import destination_holds
from connect.transfers.services import transfers
from core.tenant import Tenant
from payments.charges.services import receipts
from payments.models import Receipt
from tests.books import assert_books_balance
from tests.connect.test_oauth_bounds import BANK
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now
from tests.survival.crashing import run

pytestmark = pytest.mark.django_db(transaction=True)

_ADA, _PLATFORM = "ada@example.com", "platform@example.com"


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """Letters as files: what a process that dies has sent stays sent."""
    settings.EMAIL_BACKEND = "config.mail.PrivateFiles"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def a_hold() -> set[str]:
    seller = a_seller(a_platform(), email=_ADA)
    a_bank_account(seller)
    account = Account.objects.get(id=seller.account_id)
    other = {**BANK, "account_number": "000222222227"}
    external_accounts.replace_default(tenant=seller, account=account, params=other, at=now())
    return {_ADA}


def a_receipt() -> set[str]:
    a_paid_intent(a_platform(), receipt_email=_ADA)
    return {_ADA}


def money_that_no_bank_account_takes() -> set[str]:
    platform = a_platform(email=_PLATFORM)
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    seller: Tenant = a_seller(platform, default_currency="eur", email=_ADA)
    transfers.create(
        tenant=platform, amount=10_00, currency="usd", destination=seller.account_id, at=now()
    )
    return {_ADA, _PLATFORM}


def beat(at: datetime) -> None:
    destination_holds.notify_owners(at=at)
    stranded.report_stranded(at=at)
    verification.reevaluate_due(at=at)
    letters.send_due(at=at)
    receipts.send_due(at=at)


def wait_until_the_dead_are_gone() -> None:
    """What a killed worker had locked is locked until PostgreSQL sees that its line is cut."""
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise AssertionError("Somebody else is still there.")


def count_letters(folder: Path) -> Counter[tuple[str, str]]:
    """Count the letters by address and by what a mail program takes for one."""
    # Two that are sent within a second may be in one file, with a line between them.
    texts = [text for file in folder.glob("*") for text in file.read_bytes().split(b"-" * 79)]
    found = [message_from_bytes(text.lstrip()) for text in texts if text.strip()]
    return Counter((str(each["To"]), str(each["Message-ID"])) for each in found)


@pytest.mark.parametrize("before", [a_hold, a_receipt, money_that_no_bank_account_takes])
def test_a_letter_goes_out_wherever_a_worker_dies(
    folder: Path, before: Callable[[], set[str]]
) -> None:
    expected = before()
    points = run(lambda: beat(now())).points
    assert points.count("after sending mail") == len(expected)
    assert {address for address, _ in count_letters(folder)} == expected

    for point, name in enumerate(points):
        for letter in folder.iterdir():
            letter.unlink()
        before()
        assert run(lambda: beat(now()), until=point).is_cut_off, name
        wait_until_the_dead_are_gone()
        # Nobody takes what may be on its way.
        beat(now())
        assert count_letters(folder).total() <= len(expected), name
        beat(now() + mailings.TAKEN + timedelta(seconds=30))

        found = count_letters(folder)
        assert {address for address, _ in found} == expected, f"Killed {name}."
        assert len(found) == len(expected), f"Killed {name}."
        # Only between the mail server's answer and the note of it nobody can know.
        at_the_line = name == "after sending mail" or points[point - 1] == "after sending mail"
        assert found.total() <= len(expected) + at_the_line, f"Killed {name}."
    assert not Letter.objects.filter(sent_at=None).exists()
    assert not Receipt.objects.filter(sent_at=None).exists()
    for row in AccountRequirements.objects.exclude(stranded=[]):
        assert row.requirements["currently_due"] == ["external_account"]
    assert_books_balance()
