"""Money that is to go elsewhere than before waits, and its owner hears of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEvent, Membership, User
from accounts.services import letters
from connect.hosted.services import links
from connect.models import ExternalAccount, Payout
from connect.onboarding.services import external_accounts
from connect.payouts.services import destination_holds, payouts, runs
from connect.payouts.services.attempts import sending
from connect.payouts.services.payouts import InvalidRequest
from tests.books import assert_books_balance, usable
from tests.connect.test_oauth_bounds import BANK, call
from tests.factories import (
    a_bank_account,
    a_key,
    a_platform,
    a_seller_with,
    an_operator,
    an_operator_named,
    moment,
    now,
)
from webhooks.models import Event

# Money that goes elsewhere is what the alarm of it is about.
pytestmark = [pytest.mark.django_db, pytest.mark.attacks]

DAY = timedelta(days=1)
OTHER = {**BANK, "account_number": "000222222227"}


@pytest.fixture
def seller():
    """A seller that has money, and a bank account to which it has always been paid."""
    seller = a_seller_with(a_platform(), 100_00)
    a_bank_account(seller)
    return seller


def changed(seller, params=OTHER):
    account = Account.objects.get(id=seller.account_id)
    return external_accounts.replace_default(
        tenant=seller, account=account, params=params, at=now()
    )


def pay(seller, **details) -> Payout:
    wanted = {"amount": 40_00, "currency": "usd", "at": now()} | details
    return payouts.create(tenant=seller, **wanted)


def shown(seller, external_id):
    path = f"accounts/{seller.account_id}/external_accounts/{external_id}"
    return call(a_key(seller), "get", path).json()


def test_the_first_destination_that_an_account_ever_has_is_paid_at_once(seller):
    payout = pay(seller)

    sending.send_due(at=now() + timedelta(minutes=2))

    payout.refresh_from_db()
    assert payout.status == "in_transit"
    assert ExternalAccount.objects.get().held_until is None


def test_what_a_bank_refused_was_no_destination_and_is_put_right_at_once(seller):
    ExternalAccount.objects.update(status="errored")

    assert changed(seller).held_until is None


def by_the_api(seller):
    platform = Account.objects.get(id=seller.account_id).opened_by_id
    key = a_key(type(seller)(platform, livemode=False))
    params = {"external_account": OTHER}
    assert call(key, "post", f"accounts/{seller.account_id}", params).status_code == 200


def by_making_an_old_one_the_default(seller):
    row = ExternalAccount.objects.get()
    other = a_bank_account(seller, "000222222227")
    ExternalAccount.objects.filter(id=other.id).update(held_until=None)
    external_accounts.update(
        tenant=seller,
        account=Account.objects.get(id=seller.account_id),
        external_id=other.id,
        changes={"is_default": True},
        at=now(),
    )
    assert row.id != other.id


def by_removing_the_only_one_first(seller):
    external_accounts.delete(tenant=seller, external_id=ExternalAccount.objects.get().id, at=now())
    a_bank_account(seller, "000222222227")


def by_the_sellers_pages(seller):
    platform = Account.objects.get(id=seller.account_id).opened_by_id
    _, token = links.create(
        tenant=type(seller)(platform, livemode=False),
        account_id=seller.account_id,
        type="account_onboarding",
        return_url="https://a.example/",
        refresh_url="https://a.example/",
        at=now(),
    )
    browser = Client()
    base = browser.get(f"/sellers/enter/{token}")["Location"]
    page = browser.get(f"{base}bank").content.decode()
    form_of = page.partition('name="form_of" value="')[2].partition('"')[0]
    params = {
        "form_of": form_of,
        "country": "US",
        "routing_number": "110000000",
        "account_number": "000222222227",
        "account_holder_name": "Ada",
    }
    answer = browser.post(f"{base}bank", params)
    assert answer.status_code == 302, answer.content.decode()


@pytest.mark.parametrize(
    "change",
    [by_the_api, by_making_an_old_one_the_default, by_removing_the_only_one_first,
     by_the_sellers_pages],
)  # fmt: skip
def test_payouts_wait_a_day_once_they_go_elsewhere_whoever_changed_it(seller, change):
    change(seller)
    payout = pay(seller)

    sending.send_due(at=now() + DAY - timedelta(minutes=5))
    payout.refresh_from_db()
    assert payout.status == "pending"
    assert call(a_key(seller), "get", f"payouts/{payout.id}").json()["status"] == "pending"
    until = f"They are held until {payout.send_at:%Y-%m-%d %H:%M} UTC."
    due = shown(seller, payout.destination_id)["requirements"]
    assert due["pending_verification"] == ["external_account"]
    assert due["errors"][0]["reason"].endswith(until)
    assert usable(seller) == 60_00

    sending.send_due(at=now() + DAY + timedelta(minutes=5))
    payout.refresh_from_db()
    assert payout.status == "in_transit"
    assert destination_holds.end_due(at=now() + DAY + timedelta(minutes=5)) == 1
    assert shown(seller, payout.destination_id)["requirements"]["errors"] == []
    assert_books_balance()


def test_a_destination_that_is_not_the_default_does_not_pass_the_hold_by(seller):
    other = a_bank_account(seller, "000222222227")

    payout = pay(seller, destination=other.id)

    sending.send_due(at=now() + timedelta(hours=1))
    payout.refresh_from_db()
    assert payout.status == "pending"


def test_what_already_waited_for_a_destination_is_held_with_it(seller):
    other = a_bank_account(seller, "000222222227")
    ExternalAccount.objects.filter(id=other.id).update(held_until=None)
    payout = pay(seller, destination=other.id)
    external_accounts.update(
        tenant=seller,
        account=Account.objects.get(id=seller.account_id),
        external_id=other.id,
        changes={"is_default": True},
        at=now(),
    )

    sending.send_due(at=now() + timedelta(hours=1))

    payout.refresh_from_db()
    assert payout.status == "pending"


def test_an_instant_payout_is_refused_and_says_until_when(seller):
    changed(seller)

    with pytest.raises(InvalidRequest, match=r"held until .* UTC and cannot be instant"):
        pay(seller, method="instant")

    assert usable(seller) == 100_00
    assert_books_balance()


def test_an_automatic_payout_is_held_as_well(seller):
    changed(seller)

    runs.run_due(at=now() + timedelta(hours=20))
    made = Payout.objects.all()
    for payout in made:
        assert payout.send_at >= payout.destination.held_until
    sending.send_due(at=now() + timedelta(hours=20))

    assert not Payout.objects.exclude(status="pending").exists()
    assert_books_balance()


def test_the_owner_is_told_once_by_mail_and_by_an_event(seller):
    person = User.objects.create_user("owner@example.com", "secret")
    Membership.objects.create(user=person, account_id=seller.account_id, role="owner")
    row = changed(seller)

    assert destination_holds.notify_owners(at=now()) == 1
    assert destination_holds.notify_owners(at=now()) == 0
    letters.send_due(at=now())

    told = {letter.to[0]: letter for letter in mail.outbox}
    assert "owner@example.com" in told
    letter = told["owner@example.com"]
    assert "Ada's Shop" in letter.subject
    assert "2227" in letter.body
    assert f"{row.held_until:%H:%M} UTC" in letter.body
    event = Event.objects.filter(type="account.external_account.created").latest("id")
    assert "Payouts went elsewhere before" in event.data


def test_a_seller_who_reads_thai_is_told_in_thai(seller):
    Account.objects.filter(id=seller.account_id).update(email="nok@example.com", language="th")
    row = changed(seller)
    ExternalAccount.objects.filter(id=row.id).update(held_until=moment("2026-11-23T10:05:00"))

    destination_holds.notify_owners(at=now())
    letters.send_due(at=now())

    (letter,) = mail.outbox
    assert letter.subject == "มีการเปลี่ยนบัญชีรับเงินของ Ada's Shop (โหมดทดสอบ)"
    assert "จนถึงวันที่ 23 พฤศจิกายน 2569 เวลา 10:05 น. (UTC)" in letter.body
    assert "2227" in letter.body


def test_an_operator_lifts_a_hold_and_is_written_down(seller):
    changed(seller)
    payout = pay(seller)
    operator, client = an_operator_named("olga@example.com"), Client()
    client.force_login(operator)
    pay(seller, amount=15_00)
    page = client.get(reverse("admin:connect_payouts_to_look_at")).content.decode()
    for words in (
        payout.id,
        "Held: 40.00",
        "only since a short time ago",
        "Lift the hold",
        "is sent: 55.00 USD.",
        "Let 55.00 USD go",
    ):
        assert words in page

    params = {"payout": payout.id, "do": "lift", "reason": "I called them"}
    answer = client.post(reverse("admin:connect_payouts_to_look_at"), params, follow=True)

    assert "held no more" in answer.content.decode()
    sending.send_due(at=now() + timedelta(minutes=1))
    payout.refresh_from_db()
    assert payout.status == "in_transit"
    noted = AuditEvent.objects.get(target_id=payout.destination_id)
    assert (noted.action, noted.actor_id) == ("destination_hold.lifted", operator.pk)
    assert noted.reason == "I called them"
    again = client.post(reverse("admin:connect_payouts_to_look_at"), params, follow=True)
    assert "nothing to be done" in again.content.decode()


def test_whoever_only_looks_on_lifts_nothing(seller):
    changed(seller)
    payout = pay(seller)
    client = Client()
    client.force_login(an_operator("eve@example.com", role=""))

    params = {"payout": payout.id, "do": "lift"}
    assert client.post(reverse("admin:connect_payouts_to_look_at"), params).status_code == 403

    assert ExternalAccount.objects.filter(held_until__isnull=False).exists()


def test_without_a_hold_in_the_settings_nothing_waits(seller, settings):
    settings.PAYOUTS_HELD_SECONDS = settings.TEST_PAYOUTS_HELD_SECONDS = 0
    changed(seller)
    payout = pay(seller)

    sending.send_due(at=now() + timedelta(minutes=2))

    payout.refresh_from_db()
    assert payout.status == "in_transit"


def test_in_test_mode_nothing_waits_but_for_what_an_application_adds(seller, settings):
    settings.TEST_PAYOUTS_HELD_SECONDS = 0
    account = Account.objects.get(id=seller.account_id)
    own = changed(seller)
    platforms = ExternalAccount(account=account, livemode=False, platform_id=account.opened_by_id)
    theirs = ExternalAccount(account=account, livemode=False, platform_id=a_platform().account_id)
    live = ExternalAccount(account=account, livemode=True)
    for row in (platforms, theirs, live):
        destination_holds.begin(row, at=moment("2026-11-29T12:00:00"))

    assert account.opened_by_id
    assert {own.held_until, platforms.held_until} == {None}
    assert {theirs.held_until, live.held_until} == {moment("2026-11-29T12:00:00") + DAY}
