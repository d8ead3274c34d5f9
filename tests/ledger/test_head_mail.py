"""The head of the last seal is mailed once a day, and a file of such lines is compared."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import Letter
from accounts.services import letters
from ledger.audit import anchors, head_mail, seals
from ledger.audit.verify import verify
from ledger.models import Seal
from tests.factories import now
from tests.ledger.test_anchors import seal_all_again
from tests.ledger.test_seals import books, seal_settled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def addresses(settings, tmp_path):
    settings.SEAL_HEADS_MAIL_TO = ["auditor@example.com", "safe@example.org"]
    settings.SEAL_HEADS_FILE = str(tmp_path / "heads.txt")
    return settings


def mailed() -> list[str]:
    """Return the lines with heads of the letters that were sent."""
    letters.send_due(at=now())
    lines = [line for letter in mail.outbox for line in letter.body.splitlines()]
    return [line for line in lines if line[:1].isdigit()]


def test_a_day_has_one_letter_for_each_address():
    books(1)
    seal_settled()
    at = now().replace(hour=0, minute=0)

    assert head_mail.write(at=at)
    head_mail.write(at=at + timedelta(hours=3))

    assert mailed() == [f"{Seal.objects.count()} {seals.head()}"] * 2
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "auditor@example.com",
        "safe@example.org",
    ]
    head_mail.write(at=at + timedelta(days=1))
    assert Letter.objects.count() == 4


def test_nobody_is_mailed_without_an_address_or_a_seal(addresses):
    assert not head_mail.write(at=now())
    books(1)
    seal_settled()
    addresses.SEAL_HEADS_MAIL_TO = ["not an address"]
    assert not head_mail.write(at=now())

    assert not Letter.objects.exists()


def test_lines_of_mails_find_seals_that_were_all_made_again(tmp_path):
    books(1)
    seal_settled()
    head_mail.write(at=now())
    file = tmp_path / "kept.txt"
    file.write_text("\n" + mailed()[0] + "\n\n")
    kept = anchors.read(file)
    assert verify(kept=kept) == []

    seal_all_again()

    assert [f for f in verify() if f.check == "C11"] == []
    (found,) = [f for f in verify(kept=kept) if f.check == "C11"]
    assert found.id == f"seal {kept[0].number}"
    assert "made again" in found.detail
