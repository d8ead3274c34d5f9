"""The page of an account: how it stands, its money and papers, in few queries."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEvent, Membership
from accounts.services import files
from checkout.models import CheckoutSession
from connect.models import (
    AccountBlock,
    AccountLink,
    AccountRequirements,
    ExternalAccount,
    Payout,
    Person,
)
from connect.onboarding.services import blocks
from connect.payouts.services import payouts
from console.models import Note
from core.admin import page_of
from core.ids import new_id
from core.tenant import Tenant
from payments.models import PaymentIntent
from tests import factories
from tests.books import assert_books_balance
from tests.console import reading
from tests.factories import (
    a_bank_account,
    a_paid_intent,
    a_platform,
    a_seller_who_owes,
    a_seller_with,
    now,
)

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def page(tenant: Tenant) -> str:
    return page_of("accounts_account", tenant.account_id)


@pytest.fixture
def seller() -> Tenant:
    """A seller with 60.00 in its balance and 40.00 on its way to its bank."""
    found = a_seller_with(
        a_platform(), 100_00, business_profile={"name": "Corner Shop"}, email="shop@example.com"
    )
    a_bank_account(found)
    payouts.create(tenant=found, amount=40_00, currency="usd", at=now())
    return found


def copy(model: type[Model], times: int, **changes: object) -> None:
    """Copy the newest row of a table."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    row = model.objects.order_by("-pk").values(*fields)[0]
    key = model._meta.pk
    model.objects.bulk_create(
        model(**row | changes | {key.attname: new_id(key.prefix or "ba")}) for _ in range(times)
    )


def a_person(seller: Tenant, **details: object) -> Person:
    return Person.objects.create(
        account_id=seller.account_id,
        livemode=False,
        details={"first_name": "Nok", "last_name": "Dee"} | details,
        relationship={"owner": True},
        created_at=now(),
    )


def test_an_account_page_tells_how_it_stands_and_where_its_money_is(operator, seller):
    AccountRequirements.objects.filter(account_id=seller.account_id).update(
        requirements={
            "currently_due": ["individual.id_number", "external_account"],
            "past_due": ["external_account"],
            "current_deadline": 1_798_761_600,
            "disabled_reason": "requirements.past_due",
        }
    )
    Account.objects.filter(id=seller.account_id).update(payouts_enabled=False)

    shown = reading.text_of(operator, page(seller))

    assert f"Corner Shop Restricted Test mode {seller.account_id}" in shown
    assert "is not paid out. Information about the account is missing. What is due must" in shown
    assert "by 1 January 2027, 00:00 UTC" in shown
    assert "Overdue: External account" in shown
    assert "Due now: Individual: id number" in shown
    assert "Available 60.00 USD Pending — Reserved — On its way to the bank 40.00 USD" in shown
    assert "USD: nothing. Payouts are disabled" in shown
    assert "40.00 USD pending RIALTO TEST BANK ••6789" in shown
    assert "RIALTO TEST BANK ••6789 for USD, the default" in shown
    assert "100.00 USD — from the platform" in shown
    assert "shop@example.com" in shown
    assert_books_balance()


def test_the_payments_of_an_account_are_called_as_its_merchant_calls_the_orders(operator):
    platform = a_platform()
    seller = a_seller_with(platform, 50_00)
    destination = {"transfer_destination": seller.account_id, "transfer_amount": 9_00}
    a_paid_intent(platform, metadata={"order_id": "A-1", "cart": "7"}, **destination)
    a_paid_intent(platform, description="Two lamps", **destination)
    a_paid_intent(platform, transfer_group="ORDER95")
    session = a_paid_intent(platform)
    CheckoutSession.objects.create(
        id=new_id("cs_test"),
        account_id=platform.account_id,
        livemode=False,
        mode="payment",
        ui_mode="hosted",
        payment_intent_id=session.id,
        client_reference_id="cart-12",
        expires_at=now(),
        created_at=now(),
    )

    of_platform, of_seller = (reading.text_of(operator, page(of)) for of in (platform, seller))

    for order in ("A-1", "Two lamps", "ORDER95", "cart-12"):
        assert f"USD {order} Paid" in of_platform, order
    for order in ("A-1", "Two lamps"):
        assert f"9.00 USD {order} from the platform" in of_seller, order
    assert_books_balance()


def test_an_account_page_shows_the_chosen_mode_alone(operator, seller):
    a_bank_account(Tenant(seller.account_id, livemode=True), "000222222227")

    test = reading.text_of(operator, page(seller))
    operator.post("/admin/mode/", {"livemode": "true"})
    live = reading.text_of(operator, page(seller))

    assert "••2227" not in test
    assert "60.00 USD" not in live
    assert "Nothing yet. What is paid to it stands here." in live
    assert "••2227" in live
    assert "••6789" not in live


def test_a_seller_who_owes_is_shown_so_and_a_platform_as_one(operator, settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    platform = a_platform()
    a_paid_intent(platform, amount=500_00, payment_method="pm_card_bypassPending")
    seller = a_seller_who_owes(platform, 40_00)

    assert "It owes 40.00 USD" in reading.text_of(operator, page(seller))
    assert "Platform Test mode" in reading.text_of(operator, page(platform))


def test_documents_stand_beside_what_was_typed_and_looking_is_recorded(operator, seller):
    paper = files.create(
        tenant=seller,
        purpose="identity_document",
        filename="passport.png",
        content=BytesIO(PNG),
        sha256="",
        at=now(),
    )
    a_person(
        seller,
        dob={"year": 1990, "month": 2, "day": 3},
        verification={"document": {"front": paper.id}},
    )

    html = operator.get(page(seller)).content.decode()

    address = reverse("admin:console_document", args=[paper.id])
    assert re.search(rf'<img loading="lazy"[^>]+src="{address}"', html)
    assert "1990-02-03" in html
    assert not AuditEvent.objects.filter(action="document.viewed").exists()
    operator.get(address)
    assert AuditEvent.objects.get(action="document.viewed").target_id == paper.id
    client = Client()
    client.force_login(factories.an_operator("books@example.com", role="finance"))
    assert address not in client.get(page(seller)).content.decode()


def test_an_account_page_asks_the_same_at_1_and_at_50_rows_of_everything(operator, seller):
    a_person(seller)
    blocks.add(
        tenant=seller, kind="payouts", source="operator", reason="other", author="me", at=now()
    )
    PaymentIntent.objects.create(
        account_id=seller.account_id,
        livemode=False,
        amount=1,
        currency="usd",
        created_at=now(),
        client_secret="s",
    )
    Note.objects.create(
        object_id=seller.account_id,
        author_id="user_1",
        author_email="a@b.c",
        text="x",
        created_at=now(),
    )

    few = reading.count(operator, page(seller))
    for model, changes in (
        (Person, {}),
        (AccountBlock, {}),
        (ExternalAccount, {"is_default": False}),
        (Payout, {}),
        (Note, {}),
        (PaymentIntent, {}),
    ):
        copy(model, 49, **changes)

    assert few <= 32, few
    assert reading.count(operator, page(seller)) == few


def test_an_operator_stops_and_releases_on_the_page_with_a_reason(operator, seller):
    address = reverse("admin:connect_sellers_to_look_at")
    form = {"account": seller.account_id, "back": "account"}
    stop = {"do": "payouts", "livemode": "false", "message": "They asked", "release": "by_hand"}

    stopped = operator.post(address, form | stop)
    shown = reading.text_of(operator, page(seller))
    [block] = AccountBlock.objects.all()
    released = operator.post(
        address, form | {"do": "release", "block": block.id, "reason": "All is well"}
    )

    assert (stopped["Location"], released["Location"]) == (page(seller), page(seller))
    assert "Payouts are stopped by operator@example.com" in shown
    block.refresh_from_db()
    assert block.released_at
    assert AuditEvent.objects.get(action="block.released").reason == "All is well"


def test_a_link_for_the_owner_is_made_with_a_reason_shown_once_and_opens_once(operator, seller):
    address = reverse("admin:connect_account_link", args=[seller.account_id])
    without = operator.post(address, {"reason": ""}).content.decode()

    made = operator.post(address, {"reason": "They called"}).content.decode()

    assert "Say why" in without
    [link] = re.findall(r"/sellers/enter/\S+?(?=<)", made)
    assert link not in operator.get(address).content.decode()
    row = AuditEvent.objects.get(action="account_link.created")
    assert (row.target_id, row.reason) == (seller.account_id, "They called")
    assert link.rpartition("/")[2] not in str(row.changes)
    assert AccountLink.objects.count() == 1
    theirs = Client()
    assert theirs.get(link)["Location"].endswith("/setup/")
    assert theirs.get(f"/sellers/{seller.account_id}/test/setup/", follow=True).status_code == 200
    assert Client().get(link).status_code == 410


def test_an_operator_sees_what_the_owner_sees_and_can_do_nothing_there(operator, seller):
    address = reverse("admin:connect_account_look", args=[seller.account_id])
    assert address in operator.get(page(seller)).content.decode()

    entered = operator.post(address)["Location"]
    home = operator.get(entered)["Location"]

    shown = operator.get(home)
    assert "You are looking at these pages as an operator." in shown.content.decode()
    assert "Next payout" in shown.content.decode()
    bank = f"/sellers/{seller.account_id}/test/setup/bank"
    form = operator.get(f"{bank}?lang=th")
    [form_of] = re.findall(r'name="form_of" value="(.+?)"', form.content.decode())
    before = ExternalAccount.objects.count()
    typed = {"country": "US", "number": "000123456789", "routing": "110000000"}
    refused = operator.post(f"{bank}?lang=en", typed | {"form_of": form_of})
    assert refused.status_code == 403
    assert "Nothing was changed" in refused.content.decode()
    assert ExternalAccount.objects.count() == before
    assert Account.objects.get(id=seller.account_id).language != "th"
    looked = AuditEvent.objects.get(action="account.seen_as_owner")
    assert looked.target_id == seller.account_id
    assert Client().get(entered).status_code == 410
    AccountLink.objects.update(used_at=now() - timedelta(minutes=31))
    assert operator.get(home).status_code == 401


def test_what_the_operator_decides_about_an_account_has_a_form_of_its_own(operator, seller):
    shown = operator.get(f"{page(seller)}?edit=1").content.decode()
    fields = {
        "name": "New Name",
        "language": "",
        "fee_bps": "250",
        "fee_fixed_amount": "30 minor units",
        "settlement_delay_days": "2",
    }

    answer = operator.post(page(seller), fields)

    assert 'name="fee_bps"' in shown
    assert answer.status_code == 302
    account = Account.objects.get(id=seller.account_id)
    assert (account.name, account.fee_bps) == ("New Name", 250)
    client = Client()
    client.force_login(factories.an_operator("help@example.com", role="support"))
    assert client.post(page(seller), fields).status_code == 403


def test_members_see_the_accounts_of_their_platform_alone(seller):
    platform_id = Account.objects.get(id=seller.account_id).opened_by_id
    person = factories.an_operator("ours@example.com", role="")
    Membership.objects.create(user=person, account_id=platform_id, role="support")
    client = Client()
    client.force_login(person)

    shown = client.get(page(seller))

    assert shown.status_code == 200
    assert "Last payouts" not in shown.content.decode()
    assert client.get(page(a_platform())).status_code == 404
    assert client.get(page_of("accounts_account", new_id("acct"))).status_code == 404
