"""What is authorised waits a week to be captured; and what a payer's statement may say."""

from datetime import timedelta

import pytest
from django.test import Client

from payments import resources
from payments.intents.services import authorizations, cancellation
from payments.models import Charge, PaymentIntent
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_paid_intent, a_platform, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def an_authorization(platform, **details):
    return a_paid_intent(platform, capture_method="manual", **details)


def test_after_a_week_it_is_let_go_and_everybody_is_told():
    platform = a_platform()
    intent = an_authorization(platform)
    wire = resources.charge(Charge.objects.get())
    until = wire["payment_method_details"]["card"]["capture_before"]
    assert until == int(Charge.objects.get().created_at.timestamp()) + 7 * 86_400

    assert cancellation.expire(at=now() + timedelta(days=6, hours=23)) == 0
    assert cancellation.expire(at=now() + timedelta(days=7, seconds=1)) == 1
    assert cancellation.expire(at=now() + timedelta(days=7, seconds=1)) == 0

    intent = PaymentIntent.objects.get()
    assert (intent.status, intent.cancellation_reason) == ("canceled", "automatic")
    assert (intent.amount_capturable, intent.capture_before) == (0, None)
    told = set(Event.objects.values_list("type", flat=True))
    assert {"charge.expired", "payment_intent.canceled"} <= told
    assert total(platform) == 0
    assert_books_balance()


def test_what_was_captured_or_canceled_does_not_run_out():
    platform = a_platform()
    taken, given_up = an_authorization(platform), an_authorization(platform)
    authorizations.capture(tenant=platform, intent_id=taken.id, at=now())
    cancellation.cancel(tenant=platform, intent_id=given_up.id, at=now())

    assert cancellation.expire(at=now() + timedelta(days=30)) == 0

    assert not PaymentIntent.objects.exclude(capture_before=None).exists()
    assert total(platform) == 96_80
    assert_books_balance()


def ask(platform, path, **params):
    return Client().post(
        f"/v1/{path}",
        params,
        content_type="application/json",
        headers={"Authorization": f"Bearer {a_key(platform)}"},
    )


def test_a_second_capture_is_refused_before_the_first():
    platform = a_platform()
    intent = an_authorization(platform)

    answer = ask(
        platform, f"payment_intents/{intent.id}/capture", amount_to_capture=100, final_capture=False
    )

    assert answer.json()["error"]["param"] == "final_capture"
    assert PaymentIntent.objects.get().status == "requires_capture"


@pytest.mark.parametrize(
    "descriptor",
    ["SHOP", "1234567", "SHOP <1>", "SHOP*ONE", "SHOP'S", 'SHOP "X"', "SHOP\\ONE", "ร้านค้าของเรา",
     "A SHOP WITH A LONG NAME"],
)  # fmt: skip
def test_a_statement_takes_what_banks_print(descriptor):
    answer = ask(
        a_platform(), "payment_intents", amount=100, currency="usd", statement_descriptor=descriptor
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "statement_descriptor"


def test_details_of_the_amount_are_kept():
    details = {"discount_amount": 5, "shipping": {"amount": 10}, "tax": {"total_tax_amount": 7}}

    answer = ask(
        a_platform(), "payment_intents", amount=100, currency="usd", amount_details=details
    )

    assert answer.json()["amount_details"] == details | {"tip": {}}
