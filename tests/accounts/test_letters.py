"""Letters reach an account's people, in its language, until they are sent or given up."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import Account, Letter, Membership, User
from accounts.services import letters, mailings
from core.database.transactions import atomic
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db

HELD = "connect/mail/payouts_held"
CONTEXT = {"name": "Ada", "destination": "Bank ••2227", "day": "1", "time": "10:00"}


def an_account(**details) -> Account:
    return Account.objects.get(id=a_platform(**details).account_id)


def write(account, occurrence="it happened") -> int:
    with atomic():
        return letters.write(account, HELD, CONTEXT, occurrence=occurrence, at=now())


def a_person(account, email, role="owner", **details) -> None:
    person = User.objects.create_user(email, "secret", **details)
    Membership.objects.create(user=person, account_id=account.id, role=role)


@pytest.mark.parametrize(
    ("country", "language", "expected"),
    [("US", "", "en"), ("TH", "", "th"), ("TH", "en", "en"), ("US", "th", "th"), ("JP", "", "en")],
)
def test_an_account_is_written_to_as_it_reads_or_as_its_country_speaks(country, language, expected):
    account = an_account(country=country, language=language, email="ada@example.com")

    write(account)

    subject = {"en": "Payouts of Ada go to", "th": "มีการเปลี่ยนบัญชีรับเงินของ Ada"}[expected]
    assert letters.language_of(account) == expected
    assert Letter.objects.get().subject.startswith(subject)


def test_those_who_answer_for_an_account_are_written_to_once_each():
    account = an_account(email="ada@example.com")
    a_person(account, "ada@example.com")
    a_person(account, "bob@example.com", "admin")
    a_person(account, "eve@example.com", "viewer")
    a_person(account, "gone@example.com", is_active=False)

    assert write(account) == 2
    write(account)
    write(account, "another one")

    assert letters.send_due(at=now()) == 4
    assert letters.send_due(at=now()) == 0
    told = sorted(letter.to[0] for letter in mail.outbox)
    assert told == ["ada@example.com", "ada@example.com", "bob@example.com", "bob@example.com"]


def test_a_name_with_a_line_break_makes_no_other_header():
    with atomic():
        letters.post(
            ["ada@example.com"], "Ada\nBcc: eve@example.com", "Hi", occurrence="x", at=now()
        )

    letters.send_due(at=now())

    assert mail.outbox[0].subject == "Ada Bcc: eve@example.com"
    assert mail.outbox[0].recipients() == ["ada@example.com"]


def test_a_mail_server_that_says_no_is_asked_again_later_and_given_up(monkeypatch):
    def refuse(self, *args, **kwargs):
        raise OSError("The mail server is down.")

    write(an_account(email="ada@example.com"))
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    at = now()

    assert letters.send_due(at=at) == 0
    assert letters.send_due(at=at + timedelta(seconds=59)) == 0
    assert Letter.objects.get().tries == 1
    for _ in range(20):
        at += timedelta(days=1)
        letters.send_due(at=at)
    row = Letter.objects.get()
    assert (row.tries, row.next_try_at, row.sent_at) == (mailings.MOST_TRIES, None, None)


def test_a_letter_that_no_worker_lives_through_is_given_up():
    write(an_account(email="ada@example.com"))
    Letter.objects.update(tries=mailings.MOST_TRIES)

    assert letters.send_due(at=now()) == 0

    row = Letter.objects.get()
    assert (row.next_try_at, row.sent_at, mail.outbox) == (None, None, [])
