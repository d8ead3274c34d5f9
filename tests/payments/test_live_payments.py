"""Live payments are off until somebody switches them on, and what was taken goes on."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from core.database import configuration
from core.errors import InvalidRequest
from core.tenant import Tenant
from ledger import queries as ledger
from payments.models import Charge, PaymentIntent
from payments.setups.services import setup_intents
from processors.accounts import live_payments, snapshot
from processors.models import LivePayments
from processors.router import choosing
from tests.books import assert_books_balance
from tests.factories import a_key, a_paid_intent, a_platform, now
from tests.payments.tokens_of_processors import taking_live_tokens
from tests.processors.routing_facts import a_payment

pytestmark = pytest.mark.django_db

TOKEN = "live-one:visa"
DATA = {"type": "card", "card": {"token": TOKEN}}
PAY = {"amount": 100_00, "currency": "usd", "confirm": True, "payment_method_data": DATA}


class Shop:
    """A live platform, and its requests."""

    def __init__(self):
        self.tenant = Tenant(a_platform().account_id, livemode=True)
        self._key = a_key(self.tenant)

    def post(self, path, **params):
        headers = {"Authorization": f"Bearer {self._key}", "Idempotency-Key": f"{path}{params}"}
        kind = "application/json"
        return Client().post(f"/v1/{path}", params, content_type=kind, headers=headers)


def off():
    """Take live payments no more, as the processes learn of it."""
    snapshot.hold(replace(snapshot.current(), takes_live=False))


def test_a_new_installation_takes_no_live_payment_and_keeps_nothing_of_it(settings):
    settings.PUBLIC_URL = "https://pay.example.com"
    shop = Shop()
    with taking_live_tokens():
        off()
        answer = shop.post("payment_intents", **PAY)

    error = answer.json()["error"]
    assert not LivePayments.objects.get().is_on
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert error["code"] == "testmode_charges_only"
    assert "https://pay.example.com/admin/live/" in error["message"]
    assert "rialto live on" in error["message"]
    assert not PaymentIntent.objects.exists()
    assert not Charge.objects.exists()
    assert_books_balance()


def test_an_intent_waits_unchanged_and_is_paid_once_live_payments_are_on():
    shop = Shop()
    with taking_live_tokens():
        held = snapshot.current()
        off()
        made = shop.post("payment_intents", **PAY | {"confirm": False}).json()
        refused = shop.post(f"payment_intents/{made['id']}/confirm", return_url="https://a.example")
        before = PaymentIntent.objects.get()
        snapshot.hold(held)
        paid = shop.post(f"payment_intents/{made['id']}/confirm")

    assert refused.json()["error"]["code"] == "testmode_charges_only"
    assert (before.status, before.return_url) == ("requires_confirmation", None)
    assert paid.json()["status"] == "succeeded"
    assert_books_balance()


def test_what_was_taken_is_captured_refunded_and_let_go_while_they_are_off():
    shop = Shop()
    with taking_live_tokens():
        whole = shop.post("payment_intents", **PAY).json()["id"]
        reserved, dropped = (
            shop.post("payment_intents", **PAY | {"capture_method": "manual", "metadata": {"n": n}})
            for n in "12"
        )
        off()
        refund = shop.post("refunds", payment_intent=whole, amount=40_00)
        captured = shop.post(f"payment_intents/{reserved.json()['id']}/capture")
        voided = shop.post(f"payment_intents/{dropped.json()['id']}/cancel")

    assert refund.json()["status"] == "succeeded"
    assert captured.json()["status"] == "succeeded"
    assert voided.json()["status"] == "canceled"
    # Two payments with their fees, less what was given back.
    assert ledger.balance(owner=shop.tenant.account_id, livemode=True).pending == {
        "usd": 2 * (100_00 - 3_20) - 40_00
    }
    assert_books_balance()


def test_a_card_can_be_kept_and_test_payments_go_on_while_they_are_off():
    tenant = Tenant(a_platform().account_id, livemode=True)
    with taking_live_tokens():
        off()
        kept = setup_intents.create(
            tenant=tenant,
            payment_method=DATA,
            confirm=True,
            at=now(),
            customer_acceptance={"type": "offline"},
        )

    assert kept.status == "succeeded"
    assert a_paid_intent(a_platform()).status == "succeeded"
    assert_books_balance()


def test_the_switch_counts_for_the_next_payment_in_every_process(settings):
    settings.CONFIGURATION_SECONDS = 1e9
    held = snapshot.current()
    live_payments.switch(is_on=True, reason="We open.", at=now())
    # As a process that learns the version with a key.
    assert snapshot.current().takes_live
    on = configuration.recent(1e9)
    with taking_live_tokens():
        assert choosing.choose(a_payment(livemode=True), at=now()).account == "live-one"
    live_payments.switch(is_on=False, reason="We close.", at=now())

    assert not held.takes_live
    assert configuration.recent(1e9) != on
    with CaptureQueriesContext(connection) as first:
        assert not snapshot.current().takes_live
    off_now = pytest.raises(choosing.registry.LivePaymentsOff)
    with CaptureQueriesContext(connection) as second, off_now:
        choosing.choose(a_payment(livemode=True), at=now())
    # The accounts are read once after a change, and a payment asks for nothing.
    assert (len(first), len(second)) == (5, 0)


def test_a_switch_is_recorded_with_who_why_and_what_it_was():
    live_payments.switch(is_on=True, reason=" We open. ", at=now())

    row = LivePayments.objects.get()
    told = AuditEvent.objects.get(action="live_payments.on")
    assert (row.is_on, row.reason, row.changed_by) == (True, "We open.", "system")
    assert (told.reason, told.changes) == ("We open.", {"is_on": [False, True]})
    with pytest.raises(InvalidRequest, match="are on already"):
        live_payments.switch(is_on=True, reason="Again.", at=now())
    with pytest.raises(InvalidRequest, match="Say why"):
        live_payments.switch(is_on=False, reason=" ", at=now())
    assert LivePayments.objects.get().is_on
