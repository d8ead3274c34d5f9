"""What an application added to an account is its owner's to keep or to remove once it is gone."""

import pytest
from django.core import mail

from accounts.models import Account
from accounts.services import letters
from connect.models import ExternalAccount, Payout, Person
from connect.payouts.services import destination_holds, payouts, runs
from connect.payouts.services.attempts import sending
from core.errors import InvalidRequest
from tests.books import assert_books_balance, usable
from tests.connect.test_oauth import connected
from tests.connect.test_oauth_bounds import BANK, call
from tests.connect.test_oauth_ends import WAYS, a_person_of, by_its_owner
from tests.factories import a_bank_account, a_key, a_platform, a_seller_with, now

pytestmark = pytest.mark.django_db

EVIL = {**BANK, "account_number": "000222222227"}


@pytest.fixture
def shop():
    """A shop that somebody else's platform opened, with money and a bank account of its own."""
    shop = a_seller_with(a_platform(), 100_00)
    a_bank_account(shop)
    return shop


def let_in(shop):
    """Let an application in that may do everything, and have it direct payouts to itself."""
    application = a_platform()
    token = connected(application, shop, resources=["*", "external_accounts", "persons"])
    params = {"external_account": EVIL, "default_for_currency": True}
    answer = call(
        token["access_token"], "post", f"accounts/{shop.account_id}/external_accounts", params
    )
    assert answer.status_code == 200, answer.content
    return application, token["access_token"], ExternalAccount.objects.get(is_default=True)


def opener_of(shop):
    """Return a key of the platform that opened an account."""
    opener = Account.objects.get(id=shop.account_id).opened_by_id
    return a_key(type(shop)(opener, livemode=False))


@pytest.mark.attacks
def test_an_application_cannot_pay_out_to_itself_before_the_owner_has_heard_of_it(shop):
    _, key, evil = let_in(shop)

    params = {"amount": 90_00, "currency": "usd"}
    made = call(key, "post", "payouts", params).json()
    instant = call(key, "post", "payouts", params | {"method": "instant"})
    sending.send_due(at=now())
    destination_holds.notify_owners(at=now())
    letters.send_due(at=now())

    assert instant.status_code == 400
    assert Payout.objects.get(id=made["id"]).status == "pending"
    assert "/oauth/shared" in mail.outbox[0].body
    assert evil.platform_id is not None
    assert_books_balance()


@pytest.mark.attacks
@pytest.mark.parametrize("end", WAYS)
def test_nothing_is_paid_to_an_applications_bank_account_once_it_is_gone(shop, end):
    application, key, evil = let_in(shop)
    params = {"amount": 90_00, "currency": "usd"}
    payout = call(key, "post", "payouts", params).json()["id"]
    assert usable(shop) == 10_00

    end(application, shop)

    assert Payout.objects.get(id=payout).status == "canceled"
    assert usable(shop) == 100_00
    with pytest.raises(InvalidRequest, match="application that is shut out"):
        payouts.create(tenant=shop, amount=50_00, currency="usd", at=now())
    plan = call(a_key(shop), "get", f"accounts/{shop.account_id}/external_accounts/{evil.id}")
    assert "keeps or removes it" in plan.json()["requirements"]["errors"][0]["reason"]
    runs.run_due(at=now())
    sending.send_due(at=now())
    assert not Payout.objects.exclude(status="canceled").exists()
    assert_books_balance()


def test_its_owner_removes_it_and_is_paid_where_it_was_before(shop, settings):
    settings.PAYOUTS_HELD_SECONDS = settings.TEST_PAYOUTS_HELD_SECONDS = 0
    own = ExternalAccount.objects.get()
    application, _, evil = let_in(shop)
    by_its_owner(application, shop)
    browser = a_person_of(shop)
    page = browser.get("/oauth/shared").content.decode()
    assert f"Remove {evil}" in page
    assert "added by Budget" in page

    params = {"do": "remove", "id": evil.id, "account": shop.account_id, "livemode": "false"}
    assert browser.post("/oauth/shared", params).status_code == 302

    own.refresh_from_db()
    evil.refresh_from_db()
    assert (own.is_default, evil.deleted_at is not None) == (True, True)
    assert "Left behind" not in browser.get("/oauth/shared").content.decode()
    payout = payouts.create(tenant=shop, amount=50_00, currency="usd", at=now())
    assert payout.destination_id == own.id
    assert_books_balance()


def test_its_owner_keeps_it(shop, settings):
    settings.PAYOUTS_HELD_SECONDS = settings.TEST_PAYOUTS_HELD_SECONDS = 0
    application, _, evil = let_in(shop)
    by_its_owner(application, shop)
    browser = a_person_of(shop)

    params = {"do": "keep", "id": evil.id, "account": shop.account_id, "livemode": "false"}
    browser.post("/oauth/shared", params)

    payout = payouts.create(tenant=shop, amount=50_00, currency="usd", at=now())
    assert payout.destination_id == evil.id
    assert "Left behind" not in browser.get("/oauth/shared").content.decode()


def test_nobody_decides_about_what_is_anothers_or_was_not_left(shop):
    application, _, evil = let_in(shop)
    own = ExternalAccount.objects.get(is_default=False)
    by_its_owner(application, shop)
    browser = a_person_of(shop)
    Account.objects.get(id=shop.account_id).memberships.update(role="member")

    for id in (evil.id, own.id, "", "\0"):
        for do in ("keep", "remove"):
            params = {"do": do, "id": id, "account": shop.account_id, "livemode": "false"}
            assert browser.post("/oauth/shared", params).status_code == 302
    Account.objects.get(id=shop.account_id).memberships.update(role="owner")
    for id in (own.id, "", "ba_x"):
        params = {"do": "remove", "id": id, "account": shop.account_id, "livemode": "false"}
        assert browser.post("/oauth/shared", params).status_code == 302

    assert ExternalAccount.objects.filter(deleted_at=None).count() == 2
    assert ExternalAccount.objects.get(id=evil.id).left_at is not None


def test_people_whom_an_application_added_are_offered_for_removal(shop):
    application, key, _ = let_in(shop)
    params = {"first_name": "Eve", "last_name": "Vil", "relationship": {"owner": True}}
    made = call(key, "post", f"accounts/{shop.account_id}/persons", params)
    assert made.status_code == 200, made.content
    by_its_owner(application, shop)
    browser = a_person_of(shop)
    assert "Remove Eve Vil" in browser.get("/oauth/shared").content.decode()

    params = {
        "do": "remove",
        "id": made.json()["id"],
        "account": shop.account_id,
        "livemode": "false",
    }
    browser.post("/oauth/shared", params)

    assert Person.objects.get(id=made.json()["id"]).deleted_at is not None


def test_the_individual_whom_an_application_changed_is_offered_and_is_due_again(shop):
    Account.objects.filter(id=shop.account_id).update(business_type="individual")
    mine = {"individual": {"first_name": "Ada", "last_name": "Own", "phone": "+15555550100"}}
    assert call(opener_of(shop), "post", f"accounts/{shop.account_id}", mine).status_code == 200
    application, _, _ = let_in(shop)
    theirs = {"individual": {"first_name": "Eve", "last_name": "Vil"}}
    changed = call(a_key(application), "post", f"accounts/{shop.account_id}", theirs)
    assert changed.status_code == 200, changed.content
    row = Person.objects.get(account_id=shop.account_id, is_individual=True)
    assert row.left_at is None

    by_its_owner(application, shop)
    browser = a_person_of(shop)
    assert "Remove Eve Vil" in browser.get("/oauth/shared").content.decode()
    params = {"do": "remove", "id": row.id, "account": shop.account_id, "livemode": "false"}
    browser.post("/oauth/shared", params)

    row.refresh_from_db()
    assert (row.details, row.deleted_at, row.left_at, row.platform_id) == ({}, None, None, None)
    assert "Eve Vil" not in browser.get("/oauth/shared").content.decode()


def test_the_individual_whom_the_application_did_not_change_stays(shop):
    Account.objects.filter(id=shop.account_id).update(business_type="individual")
    application, _, _ = let_in(shop)
    mine = {"individual": {"first_name": "Ada", "last_name": "Own"}}
    assert call(opener_of(shop), "post", f"accounts/{shop.account_id}", mine).status_code == 200

    by_its_owner(application, shop)

    row = Person.objects.get(account_id=shop.account_id, is_individual=True)
    assert (row.details["first_name"], row.left_at) == ("Ada", None)


def test_what_the_platform_added_that_opened_an_account_is_nobodys_to_decide(shop):
    platform = Account.objects.get(id=shop.account_id).opened_by_id
    key = a_key(type(shop)(platform, livemode=False))
    added = call(
        key, "post", f"accounts/{shop.account_id}/external_accounts", {"external_account": EVIL}
    ).json()["id"]
    application, _, _ = let_in(shop)

    by_its_owner(application, shop)

    assert ExternalAccount.objects.get(id=added).left_at is None
