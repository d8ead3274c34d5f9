"""Whoever is killed while letters are written or sent loses none."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from accounts.models import Account, Letter
from accounts.services import letters, mailings
from connect.services import external_accounts, payout_holds
from payments.models import Receipt
from payments.services import receipts
from tests.connect.test_oauth_bounds import BANK
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now
from tests.survival.crashing import run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """Letters as files: what a process that dies has sent stays sent."""
    settings.EMAIL_BACKEND = "config.mail.PrivateFiles"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def a_hold() -> None:
    seller = a_seller(a_platform(), email="ada@example.com")
    a_bank_account(seller)
    account = Account.objects.get(id=seller.account_id)
    other = {**BANK, "account_number": "000222222227"}
    external_accounts.replace_default(tenant=seller, account=account, said=other, at=now())


def a_receipt() -> None:
    a_paid_intent(a_platform(), receipt_email="ada@example.com")


def beat(at) -> None:
    payout_holds.tell_owners(at=at)
    letters.send_due(at=at)
    receipts.send_due(at=at)


def sent(folder: Path) -> Counter[tuple[str, str]]:
    """Count the letters by address and by what a mail program takes for one."""
    found = [message_from_bytes(file.read_bytes()) for file in folder.glob("*")]
    return Counter((each["To"], each["Message-ID"]) for each in found)


@pytest.mark.parametrize("before", [a_hold, a_receipt])
def test_a_letter_goes_out_wherever_a_worker_dies(folder: Path, before: Callable[[], None]) -> None:
    before()
    points = run(lambda: beat(now())).points
    assert "after sending mail" in points
    (first,) = sent(folder)

    for point, name in enumerate(points):
        for letter in folder.iterdir():
            letter.unlink()
        before()
        assert run(lambda: beat(now()), until=point).is_cut_off, name
        # Nobody takes what may be on its way.
        beat(now())
        assert sum(sent(folder).values()) <= 1, name
        beat(now() + mailings.TAKEN + timedelta(seconds=30))

        ((address, message_id),) = sent(folder)
        assert (address, message_id != first[1]) == ("ada@example.com", True)
        # Between the mail server's answer and the note of it nobody can know.
        is_between = points[:point].count("after sending mail") or name == "after sending mail"
        noted = "after" in name and point == len(points) - 1
        most = 2 if is_between and not noted else 1
        assert sent(folder).total() <= most, f"Killed {name}."
    for model in (Letter, Receipt):
        assert not model.objects.filter(sent_at=None).exists()
