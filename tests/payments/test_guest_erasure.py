"""Payers without a customer are forgotten once nobody needs who paid."""

from datetime import timedelta

import pytest

from payments.disputes.services import disputes
from payments.erasure import guests
from payments.models import Charge, Dispute, GuestErasure, PaymentIntent
from tests.books import assert_books_balance
from tests.factories import a_key, a_platform, now
from tests.payments.test_erasure import (
    AGREED,
    BILLING,
    SHIPPING,
    call,
    digest_of_the_books,
    found,
)
from tests.webhooks.steps import an_endpoint, relayed

pytestmark = pytest.mark.django_db(transaction=True)


def test_guests_are_forgotten_once_nobody_needs_who_paid():
    platform = a_platform()
    key = a_key(platform)
    an_endpoint(platform, "http://127.0.0.1:9/hook", "*")
    by_guest = {
        "amount": 10_000,
        "currency": "usd",
        "confirm": True,
        "shipping": SHIPPING,
        "receipt_email": "canary@example.com",
        "return_url": "https://example.com/canary",
        "metadata": {"order": "7"},
    }
    cards = {
        token: {"type": "card", "billing_details": BILLING, "card": {"token": f"tok_{token}"}}
        for token in ("visa", "chargeDeclined", "createDispute")
    }
    paid, declined, disputed = (
        call(key, "payment_intents", by_guest | {"payment_method_data": card})
        for card in cards.values()
    )
    setup = {"payment_method_data": cards["visa"], "confirm": True, "mandate_data": AGREED}
    call(key, "setup_intents", setup | {"return_url": "https://example.com/canary"})
    call(key, "payment_methods", cards["visa"])
    disputes.fetch(at=now())
    evidence = {"customer_name": "canary", "customer_purchase_ip": "203.0.113.78"}
    dispute = Dispute.objects.get()
    call(key, f"disputes/{dispute.id}", {"evidence": evidence, "submit": False})
    relayed()
    books, later = digest_of_the_books(), now() + timedelta(days=541)

    early = guests.erase_due(at=now() + timedelta(days=539))
    before = found()
    done = [guests.erase_due(at=later) for _ in range(2)]
    kept = dict(Charge.objects.values_list("payment_intent_id", "billing_details"))
    Dispute.objects.update(status="lost")
    guests.erase_due(at=later)

    assert "error" in declined
    assert (early, done) == (0, [7, 0])
    assert before > {"payments_charge.billing_details", "payments_paymentmethod.billing_details"}
    assert {id for id, details in kept.items() if details} == {disputed["id"]}
    assert (found(), found("203.0.113.7")) == (set(), set())
    assert GuestErasure.objects.get(kind="ch").held == []
    assert digest_of_the_books() == books
    refund = call(key, "refunds", {"payment_intent": paid["id"], "amount": 50})
    assert (refund["status"], paid["metadata"]) == ("succeeded", {"order": "7"})
    assert PaymentIntent.objects.get(id=paid["id"]).metadata == {"order": "7"}
    assert_books_balance()
