"""A customer who was deleted is forgotten: nowhere in the database, but in what the law keeps."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from core.tenant import Tenant
from payments.disputes.services import disputes
from payments.erasure import customers as erasure
from payments.models import (
    Charge,
    Customer,
    Dispute,
    PaymentMethod,
    Refund,
)
from processors.models import InboundNotice
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP
from tests.factories import a_key, a_platform, a_seller, now
from tests.webhooks.steps import an_endpoint, relayed
from webhooks.models import Attempt, Delivery, Event

pytestmark = pytest.mark.django_db(transaction=True)

MARK = "canary"
ADDRESS = {
    "line1": "1 canary street", "line2": "canary 2", "city": "canarytown", "country": "US",
    "postal_code": "94103", "state": "CA",
}  # fmt: skip
BILLING = {
    "name": "canary holder", "email": "canary-billing@example.com", "phone": "+1555canary",
    "address": ADDRESS,
}  # fmt: skip
SHIPPING = {"name": "canary neighbour", "phone": "+1666canary", "address": ADDRESS}
CUSTOMER = {
    "name": "canary name", "email": "canary@example.com", "phone": "+1777canary",
    "description": "canary description", "address": ADDRESS, "shipping": SHIPPING,
    "metadata": {"a": "canary"}, "preferred_locales": ["en-canary"],
    "invoice_settings": {"footer": "canary footer"},
    "tax_id_data": [{"type": "eu_vat", "value": "DEcanary"}],
}  # fmt: skip
AGREED = {
    "customer_acceptance": {
        "type": "online", "online": {"ip_address": "203.0.113.77", "user_agent": "canary browser"},
    }
}  # fmt: skip
# What a payment says of its payer for as long as it may be disputed, and not a day longer.
KEPT = {
    "payments_charge.billing_details", "payments_charge.metadata", "payments_charge.shipping",
    "payments_dispute.evidence", "payments_dispute.metadata",
    "payments_mandate.customer_acceptance",
    "payments_paymentintent.metadata", "payments_paymentintent.shipping",
    "payments_refund.metadata", "payments_setupintent.customer_acceptance",
}  # fmt: skip


def call(key, path, body=None, method="post", **headers):
    client = Client(headers={"Authorization": f"Bearer {key}"} | headers)
    if method == "delete":
        answer = client.delete(f"/v1/{path}")
    else:
        answer = client.post(f"/v1/{path}", body or {}, content_type="application/json")
    return answer.json()


def found(mark=MARK):
    """Name every column of every table that holds a text, without asking what it is for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN "
            "('text', 'character varying', 'jsonb', 'json', 'inet', 'ARRAY', 'bytea')"
        )
        columns = cursor.fetchall()
        hits = set()
        for table, column in columns:
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}"::text ILIKE %s '
                f'OR "{column}"::text ILIKE %s)',
                (f"%{mark}%", f"%{mark.encode().hex()}%"),
            )
            if cursor.fetchone()[0]:
                hits.add(f"{table}.{column}")
    return hits


def digest_of_the_books():
    tables = (
        "ledger_journalentry",
        "ledger_posting",
        "ledger_balancetransaction",
        "ledger_ledgeraccount",
        "ledger_seal",
    )
    with connection.cursor() as cursor:
        sums = []
        for table in tables:
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            sums.append(cursor.fetchone())
    return sums


@pytest.fixture
def platform() -> Tenant:
    return a_platform()


@pytest.fixture
def key(platform) -> str:
    return a_key(platform)


def a_card(key, token="pm_card_visa"):
    params = {
        "type": "card",
        "card": {"token": "tok_visa"},
        "billing_details": BILLING,
        "metadata": {"a": "canary"},
    }
    return call(key, "payment_methods", params)["id"] if token == "pm_card_visa" else token


def a_customer_of_everything(platform, key):
    """Have somebody do all that one can do with a name of one's own, and be deleted."""
    an_endpoint(platform, "http://127.0.0.1:9/hook", "*")
    customer = call(key, "customers", CUSTOMER)["id"]
    call(key, f"customers/{customer}", {"description": "canary again", "balance": -500})
    call(
        key,
        f"customers/{customer}/balance_transactions",
        {"amount": -5, "currency": "usd", "description": "canary", "metadata": {"a": "canary"}},
    )
    call(key, f"customers/{customer}/sources", {"source": "tok_visa"})
    number = {"type": "us_ein", "value": "12-canary"}
    number = call(key, f"customers/{customer}/tax_ids", number)["id"]
    assert call(key, f"customers/{customer}/tax_ids/{number}", method="delete")["deleted"]
    card, lost = a_card(key), a_card(key)
    for method in (card, lost):
        assert call(key, f"payment_methods/{method}/attach", {"customer": customer})["customer"]
    call(key, f"payment_methods/{lost}/detach")
    setup = call(
        key,
        "setup_intents",
        {
            "customer": customer,
            "payment_method": card,
            "confirm": True,
            "mandate_data": AGREED,
            "description": "canary",
            "metadata": {"a": "canary"},
            "return_url": "https://example.com/canary",
        },
    )
    assert setup["status"] == "succeeded", setup
    seller = a_seller(platform)
    paid = {
        "amount": 10_000,
        "currency": "usd",
        "customer": customer,
        "confirm": True,
        "receipt_email": "canary-receipt@example.com",
        "shipping": SHIPPING,
        "metadata": {"a": "canary"},
        "return_url": "https://example.com/canary",
    }
    intent = call(
        key,
        "payment_intents",
        paid | {"payment_method": card, "transfer_data": {"destination": seller.account_id}},
    )
    assert intent["status"] == "succeeded", intent
    assert (
        call(
            key,
            "refunds",
            {"payment_intent": intent["id"], "amount": 100, "metadata": {"a": "canary"}},
        )["status"]
        == "succeeded"
    )
    refused = {
        "payment_method_data": {
            "type": "card",
            "billing_details": BILLING,
            "card": {"token": "tok_chargeDeclined"},
        }
    }
    assert "error" in call(key, "payment_intents", paid | refused)
    disputed = {
        "payment_method_data": {
            "type": "card",
            "billing_details": BILLING,
            "card": {"token": "tok_createDispute"},
        }
    }
    assert call(key, "payment_intents", paid | disputed)["status"] == "succeeded"
    disputes.fetch(at=now())
    dispute = Dispute.objects.get()
    call(
        key,
        f"disputes/{dispute.id}",
        {
            "evidence": {
                "customer_name": "canary",
                "customer_email_address": "canary@example.com",
                "customer_purchase_ip": "203.0.113.78",
            },
            "metadata": {"a": "canary"},
            "submit": False,
        },
    )
    call(
        key,
        "tokens",
        {
            "card": {
                "number": "4242424242424242",
                "exp_month": 12,
                "exp_year": 2040,
                "name": "canary",
            }
        },
    )
    session = call(
        key,
        "checkout/sessions",
        {
            "customer": customer,
            "success_url": "https://example.com/",
            "client_reference_id": "canary",
            "metadata": {"a": "canary"},
            "line_items": [{"price_data": LAMP, "quantity": 1}],
            "payment_intent_data": {"description": "Lamp", "metadata": {"a": "canary"}},
            "phone_number_collection": {"enabled": True},
        },
    )["id"]
    told = {"customer_details": {"name": "canary", "phone": "+1777canary"}}
    path = f"test_helpers/checkout/sessions/{session}/complete"
    assert call(key, path, told)["status"] == "complete"
    relayed()
    delivery = Delivery.objects.filter(event__object_id=customer).first()
    Attempt.objects.create(
        delivery=delivery, number=1, latency_ms=1, response_body="canary", created_at=now()
    )
    assert call(key, f"customers/{customer}", method="delete")["deleted"] is True
    relayed()
    return Customer.objects.get(id=customer)


def test_nothing_of_a_deleted_customer_is_left_but_what_may_be_disputed(platform, key):
    customer = a_customer_of_everything(platform, key)
    books, told = digest_of_the_books(), Event.objects.count()
    assert len(found()) > 20

    assert erasure.erase_due(at=now() + timedelta(days=6)) == 0
    assert erasure.erase_due(at=now() + timedelta(days=8)) == 1

    assert found() <= KEPT
    assert "payments_charge.billing_details" in found()
    assert digest_of_the_books() == books
    assert Event.objects.count() == told
    customer.refresh_from_db()
    assert (customer.name, customer.email, customer.metadata) == (None, None, {})
    assert_books_balance()


def test_what_payments_say_goes_when_they_can_be_disputed_no_more(platform, key):
    customer = a_customer_of_everything(platform, key)
    books = digest_of_the_books()
    erasure.erase_due(at=now() + timedelta(days=8))
    later = now() + timedelta(days=541)

    assert erasure.erase_due(at=later) == 1
    assert found() != set(), "Its dispute goes on."
    Dispute.objects.update(status="lost")
    assert erasure.erase_due(at=later + timedelta(days=8)) == 1

    assert found() == set()
    assert found("203.0.113.7") == set()
    customer.refresh_from_db()
    assert customer.erase_at is None
    assert erasure.erase_due(at=later + timedelta(days=80)) == 0
    assert digest_of_the_books() == books
    assert_books_balance()


def test_what_is_left_is_shown_and_can_be_refunded(platform, key):
    customer = a_customer_of_everything(platform, key)
    Dispute.objects.update(status="won")
    erasure.erase_due(at=now() + timedelta(days=600))
    charge = Charge.objects.filter(customer=customer, status="succeeded").order_by("id")[0]
    client = Client(headers={"Authorization": f"Bearer {key}"})

    for path in (
        "customers",
        f"customers/{customer.id}",
        "charges",
        "payment_intents",
        "refunds",
        "disputes",
        "setup_intents",
        "checkout/sessions",
        "events",
    ):
        assert client.get(f"/v1/{path}").status_code in (200, 400, 404), path
    assert client.get(f"/v1/charges/{charge.id}").json()["billing_details"]["name"] is None
    assert client.get(f"/v1/payment_methods/{charge.payment_method_id}").status_code == 200
    event = Event.objects.filter(object_id=customer.id).order_by("id")[0]
    shown = client.get(f"/v1/events/{event.id}").json()
    assert shown["data"] == {"object": {"id": customer.id, "object": "customer"}}
    refund = call(key, "refunds", {"charge": charge.id, "amount": 50})

    assert refund["status"] == "succeeded"
    assert Refund.objects.filter(charge=charge).count() == 2
    assert_books_balance()


def test_other_customers_keep_everything(platform, key):
    other = call(key, "customers", CUSTOMER | {"name": "bystander name"})["id"]
    card = a_card(key)
    call(key, f"payment_methods/{card}/attach", {"customer": other})
    call(key, f"customers/{call(key, 'customers', CUSTOMER)['id']}", method="delete")

    assert erasure.erase_due(at=now() + timedelta(days=600)) == 1

    assert Customer.objects.get(id=other).name == "bystander name"
    assert PaymentMethod.objects.get(id=card).billing_details["name"] == "canary holder"
    told = Event.objects.get(type="customer.created", object_id=other)
    assert "bystander name" in told.data


def test_a_sellers_copy_of_a_card_is_forgotten_with_the_card(platform, key):
    seller = a_seller(platform)
    customer = call(key, "customers", {"name": "canary"})["id"]
    card = a_card(key)
    call(key, f"payment_methods/{card}/attach", {"customer": customer})
    copied = {"customer": customer, "payment_method": card}
    copy = call(key, "payment_methods", copied, **{"Stripe-Account": seller.account_id})["id"]
    assert PaymentMethod.objects.get(id=copy).billing_details["name"] == "canary holder"
    call(key, f"customers/{customer}", method="delete")

    erasure.erase_due(at=now() + timedelta(days=8))

    assert PaymentMethod.objects.get(id=copy).billing_details == {}
    assert found() == set()


def test_what_a_processor_told_is_kept_for_a_month_once_it_is_applied():
    at = now()
    rows = [
        InboundNotice.objects.create(
            processor="stripe",
            outside_id=f"evt_{days}",
            body="canary",
            received_at=at,
            applied_at=None if days is None else at - timedelta(days=days),
        )
        for days in (31, 29, None)
    ]

    erasure.erase_due(at=at)

    for row in rows:
        row.refresh_from_db()
    assert [row.body for row in rows] == ["", "canary", "canary"]
