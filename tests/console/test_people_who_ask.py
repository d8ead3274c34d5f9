"""People who ask are handed what is held of them, and erased but for what law and books keep."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.audit import seals
from accounts.models import Account, AuditEvent, FileChunk
from config.privacy.classes import Erasure, Holds
from config.privacy.register import TABLES
from connect.models import Person
from connect.onboarding.services import accounts, people
from console.privacy import erasing, exporting, subjects
from core.errors import InvalidRequest, Missing
from core.tenant import Tenant
from payments.erasure import customers as erasure
from payments.models import Charge, Customer, Dispute, PaymentIntent
from tests.books import assert_books_balance
from tests.factories import a_key, a_platform, a_seller, as_owner, now
from tests.payments.test_erasure import (
    BILLING,
    CUSTOMER,
    SHIPPING,
    a_customer_of_everything,
    call,
    digest_of_the_books,
    found,
)

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = "Asked by letter on 1 December"
# Copies that tell of an object, which the object's own row has already.
COPIES = {
    "webhooks_body", "webhooks_delivery", "webhooks_attempt", "payments_token", "api_requestlog",
}  # fmt: skip


@pytest.fixture
def platform() -> Tenant:
    return a_platform()


@pytest.fixture
def key(platform) -> str:
    return a_key(platform)


def columns(*effects):
    """The columns of which the table says that erasing does one of these to them."""
    return {
        f"{apps.get_model(label)._meta.db_table}.{apps.get_model(label)._meta.get_field(n).column}"
        for label, table in TABLES.items()
        for n, group in table.columns()
        if group.erasure in effects
    }


def a_guest(key, address="canary@example.com", **details):
    paid = {
        "amount": 10_000,
        "currency": "usd",
        "confirm": True,
        "receipt_email": address,
        "shipping": SHIPPING,
        "return_url": "https://example.com/canary",
        "payment_method_data": {
            "type": "card",
            "billing_details": BILLING | {"email": address},
            "card": {"token": "tok_visa"},
        },
    }
    return call(key, "payment_intents", paid | details)["id"]


def test_a_customer_is_erased_at_once_when_nothing_needs_them(platform, key):
    customer = a_customer_of_everything(platform, key)
    who = subjects.read(customer.id)
    dispute = Dispute.objects.get()

    with pytest.raises(InvalidRequest, match=f"The dispute {dispute.id} goes on"):
        erasing.erase(who, reason=ASKED, at=now())
    before = found()
    Dispute.objects.update(status="lost")
    books = digest_of_the_books()
    later = erasing.erase(who, reason=ASKED, at=now())

    assert len(before) > 20
    # What was typed into a page is of no customer, and goes within a week.
    assert found() <= columns(Erasure.LATER, Erasure.EXPIRES)
    assert later is not None
    assert later > now() + timedelta(days=539)
    assert digest_of_the_books() == books
    assert_books_balance()
    recorded = AuditEvent.objects.filter(target_id=customer.id)
    assert [one.action for one in recorded.order_by("id")] == [
        "personal_data.erasure_begun",
        "personal_data.erased",
    ]
    assert {one.reason for one in recorded} == {ASKED}
    seals.seal_all(at=now() + timedelta(minutes=1))
    assert list(seals.verify()) == []
    assert erasing.erase(who, reason=ASKED, at=now() + timedelta(days=541)) is None
    erasure.erase_due(at=now() + timedelta(days=8))
    assert found() == set()
    shown = Client(headers={"Authorization": f"Bearer {key}"}).get(f"/v1/customers/{customer.id}")
    assert shown.json() == {"id": customer.id, "object": "customer", "deleted": True}


def test_an_open_customer_is_deleted_and_erased_again_and_again(key):
    row = call(key, "customers", CUSTOMER)["id"]
    who = subjects.read("CANARY@example.com")

    assert erasing.look(who, at=now()).counts["payments.Customer"] == 1
    assert erasing.erase(who, reason=ASKED, at=now()) is None

    customer = Customer.objects.get(id=row)
    assert (customer.deleted_at is not None, customer.email) == (True, None)
    assert found() == set()
    again = subjects.read(row)
    assert erasing.erase(again, reason=ASKED, at=now()) is None
    with pytest.raises(Missing, match="Nothing is held of CANARY"):
        erasing.erase(who, reason=ASKED, at=now())
    assert AuditEvent.objects.filter(action="personal_data.erased", target_id=row).count() == 2
    of_address = AuditEvent.objects.get(action="personal_data.erased", target_type="e_mail")
    assert of_address.target_id.startswith("hmac:")
    with pytest.raises(InvalidRequest, match="Say why"):
        erasing.erase(again, reason=" ", at=now())


def test_a_guest_is_found_by_address_and_keeps_what_may_be_disputed(platform, key):
    mine, other = a_guest(key), a_guest(key, "bystander@example.com")
    old = a_guest(key)
    as_owner(
        "UPDATE payments_charge SET created_at = created_at - interval '600 days' "
        f"WHERE payment_intent_id = '{old}'"
    )
    who, books = subjects.read("canary@example.com"), digest_of_the_books()

    later = erasing.erase(who, reason=ASKED, at=now())

    assert later is not None
    charges = {row.payment_intent_id: row for row in Charge.objects.all()}
    assert (charges[old].billing_details, charges[old].shipping) == ({}, None)
    assert charges[mine].billing_details["email"] == "canary@example.com"
    assert (charges[mine].receipt_email, charges[mine].payment_method.billing_details) == (None, {})
    assert charges[other].receipt_email == "bystander@example.com"
    assert PaymentIntent.objects.get(id=mine).receipt_email is None
    assert digest_of_the_books() == books
    stranger = a_platform()
    elsewhere = subjects.read("bystander@example.com", account_id=stranger.account_id)
    with pytest.raises(Missing):
        erasing.look(elsewhere, at=now())
    assert_books_balance()


def test_an_authorization_must_end_before_its_payer_is_erased(key):
    intent = a_guest(key, capture_method="manual")

    found = erasing.look(subjects.read("canary@example.com"), at=now())

    assert found.needs == [f"The payment {intent} has not settled."]


def test_everything_of_a_payer_is_handed_out_and_nothing_that_opens_anything(platform, key):
    customer = a_customer_of_everything(platform, key)

    told = exporting.export(subjects.read(customer.id), at=now(), reason=ASKED)

    text = json.dumps(told)
    held = {
        f"{apps.get_model(label)._meta.db_table}.{name}"
        for label, rows in told["tables"].items()
        for row in rows
        for name, value in row.items()
        if "canary" in json.dumps(value).lower()
    }
    secrets = {
        f"{apps.get_model(label)._meta.db_table}.{name}"
        for label, table in TABLES.items()
        for name in table.named(Holds.SECRET)
    }
    missing = {name for name in found() - held if name.split(".")[0] not in COPIES}
    assert missing - secrets == set()
    assert not secrets & {f"{label}.{n}" for label, rows in told["tables"].items() for n in rows[0]}
    assert "_secret_" not in text
    recorded = AuditEvent.objects.get(action="personal_data.exported")
    assert (recorded.target_id, recorded.reason) == (customer.id, ASKED)
    assert recorded.changes["payments.Customer"] == [None, 1]
    assert "canary" not in json.dumps(recorded.changes)


def test_a_person_of_a_seller_is_erased_when_law_asks_for_nobody_any_more(platform, key):
    seller = a_seller(platform)
    paper = Client(headers={"Authorization": f"Bearer {key}"}).post(
        "/v1/files",
        {
            "purpose": "identity_document",
            "file": SimpleUploadedFile("canary.png", b"\x89PNG\r\n\x1a\ncanary"),
        },
    )
    params = {
        "first_name": "canary",
        "last_name": "canary",
        "id_number": "123-45-6789",
        "verification": {"document": {"front": paper.json()["id"]}},
    }
    row = people.create(tenant=platform, account_id=seller.account_id, params=params, at=now())
    who = subjects.read(row.id)

    told = exporting.export(who, at=now())
    with pytest.raises(InvalidRequest, match="remove the person from the account"):
        erasing.erase(who, reason=ASKED, at=now())
    people.delete(tenant=platform, account_id=seller.account_id, person_id=row.id, at=now())
    with pytest.raises(InvalidRequest, match="Law asks that it is known until"):
        erasing.erase(who, reason=ASKED, at=now())
    erasing.erase(who, reason=ASKED, at=now() + timedelta(days=1_828))

    assert [one["id"] for one in told["files"]] == [paper.json()["id"]]
    assert told["tables"]["connect.Person"][0]["details"]["first_name"] == "canary"
    erased = Person.objects.get(id=row.id)
    assert (erased.details, erased.sealed_numbers, erased.numbers_given) == ({}, None, [])
    assert not FileChunk.objects.filter(file_id=paper.json()["id"]).exists()
    assert found() == set()
    shown = accounts.render(Account.objects.get(id=seller.account_id), platform)
    assert shown["id"] == seller.account_id


@pytest.mark.parametrize("text", ["", "somebody", "acct_1", "a\0@b"])
def test_whoever_is_meant_is_named(text):
    with pytest.raises(InvalidRequest, match="Name somebody"):
        subjects.read(text)
