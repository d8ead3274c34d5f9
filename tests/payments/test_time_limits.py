"""A statement that takes too long is ended, says what to do, and has lost nothing."""

from datetime import timedelta

import psycopg
import pytest
from django.test import Client, override_settings

from payments.intents.services import payment_intents
from payments.models import Charge, PaymentIntent
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, total
from tests.databases import address_in_use
from tests.factories import a_key, a_paid_intent, a_platform, now
from tests.tenancy.asking import ask
from tests.truth import assert_the_processor_agrees

pytestmark = pytest.mark.django_db(transaction=True)

PLAIN = {"amount": 100_00, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}


def held(table):
    """Keep everybody from a table until the connection is closed."""
    owner = psycopg.connect(address_in_use("rialto_owner"))
    owner.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    return owner


def pay(key):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "order-7"}
    return Client().post(
        "/v1/payment_intents", PLAIN, content_type="application/json", headers=headers
    )


def test_a_list_that_takes_too_long_says_how_to_read_less(settings):
    platform = a_platform()
    key = a_key(platform)
    a_paid_intent(platform)
    settings.STATEMENT_MILLISECONDS = settings.STATEMENT_MILLISECONDS | {"read": 100}
    with held("payments_paymentintent"):
        refused = ask(key, "GET", "payment_intents")

    error = refused.json()["error"]
    assert (refused.status_code, error["type"]) == (503, "api_error")
    assert "`created`" in error["message"]
    assert refused["Stripe-Should-Retry"] == "false"
    assert len(ask(key, "GET", "payment_intents").json()["data"]) == 1


def test_a_payment_ended_between_the_rail_and_the_books_is_made_once_when_sent_again(settings):
    short = settings.STATEMENT_MILLISECONDS | {"write": 300}
    platform = a_platform()
    key = a_key(platform)
    a_paid_intent(platform)
    with override_settings(STATEMENT_MILLISECONDS=short), held("ledger_journalentry"):
        ended = pay(key)

    assert (ended.status_code, ended.json()["error"]["type"]) == (503, "api_error")
    assert ended["Stripe-Should-Retry"] == "true"
    assert SimulatedRequest.objects.filter(action="charge").count() == 2
    assert {charge.status for charge in Charge.objects.all()} == {"succeeded", "pending"}
    assert total(platform) == 96_80

    paid = pay(key)

    assert (paid.status_code, paid.json()["status"]) == (200, "succeeded")
    assert SimulatedRequest.objects.filter(action="charge").count() == 2
    assert total(platform) == 2 * 96_80
    assert pay(key).json()["id"] == paid.json()["id"]
    assert PaymentIntent.objects.count() == 2
    assert_books_balance()
    assert_the_processor_agrees()


def test_a_payment_ended_before_the_books_is_found_without_being_sent_again(settings):
    platform = a_platform()
    key = a_key(platform)
    a_paid_intent(platform)
    settings.STATEMENT_MILLISECONDS = settings.STATEMENT_MILLISECONDS | {"write": 300}
    with held("ledger_journalentry"):
        assert ask(key, "POST", "payment_intents", **PLAIN).status_code == 503
    assert PaymentIntent.objects.filter(status="processing").count() == 1

    payment_intents.repair(at=now() + timedelta(minutes=10))

    assert {intent.status for intent in PaymentIntent.objects.all()} == {"succeeded"}
    assert total(platform) == 2 * 96_80
    assert_books_balance()
    assert_the_processor_agrees()
