"""Bank debits over HTTP with the official package, every answer held against its annotations."""

from datetime import timedelta

import pytest
import stripe

from payments.inbound.services import delayed_polling
from payments.models import Charge
from processors.models import SimulatedRequest
from tests.acceptance.sdk import a_client
from tests.books import assert_books_balance
from tests.factories import now

pytestmark = pytest.mark.slow

SOMEBODY = {"name": "Jenny Rosen", "email": "jenny@example.com"}
AGREED = {
    "customer_acceptance": {
        "type": "online", "online": {"ip_address": "203.0.113.7", "user_agent": "Test"}
    }
}  # fmt: skip
ACCOUNTS = {
    "us_bank_account": {
        "routing_number": "110000000", "account_number": "000123456789",
        "account_holder_type": "company", "account_type": "savings",
    },
    "sepa_debit": {"iban": "DE89 3704 0044 0532 0130 00"},
}  # fmt: skip


def days_pass(server):
    with server.using_its_database():
        SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))
        Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
        delayed_polling.poll_due(at=now())
        assert_books_balance()


@pytest.mark.parametrize(("type", "currency"), [("us_bank_account", "usd"), ("sepa_debit", "eur")])
def test_an_application_debits_keeps_and_debits_again(rialto_server, type, currency):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    customer = our.customers.create({}).id
    kind = {"type": type, type: ACCOUNTS[type], "billing_details": SOMEBODY}

    # Kept with a setup intent, and found again by its type.
    setup = our.setup_intents.create(
        {
            "confirm": True,
            "customer": customer,
            "payment_method_data": kind,
            "mandate_data": AGREED,
            "payment_method_types": [type],
        }
    )
    assert setup.status == "succeeded"
    mandate = our.mandates.retrieve(str(setup.mandate))
    assert mandate.payment_method_details.type == type
    our.setup_attempts.list({"setup_intent": setup.id})
    assert [m.id for m in our.customers.payment_methods.list(customer, {"type": type}).data] == [
        setup.payment_method
    ]
    assert our.payment_methods.list({"customer": customer, "type": "card"}).data == []

    # Debited without the payer, by the mandate.
    wanted = {"amount": 10_000, "currency": currency, "confirm": True}
    paid = our.payment_intents.create(
        {
            **wanted,
            "customer": customer,
            "payment_method": setup.payment_method,
            "off_session": True,
            "expand": ["latest_charge"],
        }
    )
    assert paid.status == "processing"
    assert type in paid.payment_method_types
    # And once, by somebody who is there.
    once = our.payment_intents.create(
        {
            **wanted,
            "payment_method_data": kind,
            "mandate_data": AGREED,
            "payment_method_types": ["card", type],
        }
    )
    days_pass(rialto_server)

    for intent in (paid, once):
        shown = our.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
        assert shown.status == "succeeded"
        details = shown.latest_charge.payment_method_details[type]
        assert details.last4 in ("6789", "3000")
        assert details.mandate
    assert our.refunds.create({"payment_intent": paid.id}).status == "succeeded"
    assert transport.faults == []


def test_an_application_sees_why_a_debit_was_taken_back(rialto_server):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    intent = our.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "usd",
            "confirm": True,
            "mandate_data": AGREED,
            "payment_method": "pm_usBankAccount_rialto_takenBack",
        }
    )
    with rialto_server.using_its_database():
        SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=5))
        Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
        delayed_polling.poll_due(at=now())
    assert our.payment_intents.retrieve(intent.id).status == "succeeded"

    days_pass(rialto_server)

    failed = our.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "debit_not_authorized"
    line = our.balance_transactions.retrieve(failed.latest_charge.failure_balance_transaction)
    assert (line.type, line.amount) == ("payment_failure_refund", -10_000)
    assert line.source == failed.latest_charge.id
    assert transport.faults == []


def test_a_mandate_is_only_stated_with_a_confirmation(rialto_server):
    _, key = rialto_server.new_platform()
    our = a_client(rialto_server, key)[0].v1

    with pytest.raises(stripe.InvalidRequestError) as refused:
        our.payment_intents.create({"amount": 500, "currency": "usd", "mandate_data": AGREED})

    assert refused.value.param == "mandate_data"
