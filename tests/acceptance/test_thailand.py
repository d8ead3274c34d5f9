"""Thailand with the official package: a seller is opened, paid by code, and paid out."""

from datetime import timedelta

import pytest
import requests
import stripe

from accounts.models import Account
from connect.payouts.services.attempts import sending
from processors.models import SimulatedRequest
from tests.acceptance.sdk import a_client
from tests.books import assert_books_balance
from tests.factories import now

pytestmark = pytest.mark.slow

PAYER = {"type": "promptpay", "billing_details": {"email": "somchai@example.com"}}
BANK = {
    "object": "bank_account", "country": "TH", "currency": "thb",
    "routing_number": "1100000", "account_number": "000123456789",
}  # fmt: skip
# What somebody in Bangkok says when asked. The birthday is one that the registry of tests knows.
ANSWERS = {
    "business_type": "individual",
    "business_profile.mcc": "5812",
    "business_profile.url": "https://nok.example.com",
    "external_account": BANK,
    "tos_acceptance.date": 1_790_000_000,
    "tos_acceptance.ip": "127.0.0.1",
    "individual.first_name": "Nok",
    "individual.last_name": "Sukhum",
    "individual.email": "nok@example.com",
    "individual.phone": "0812345678",
    "individual.dob.day": 1,
    "individual.dob.month": 1,
    "individual.dob.year": 1902,
    "individual.id_number": "1234567890121",
    "individual.address.line1": "address_full_match",
    "individual.address.city": "Bangkok",
    "individual.address.state": "Bangkok",
    "individual.address.postal_code": "10110",
}


def answered(due):
    """Answer what is due, as the wire nests it."""
    params = {}
    for field in due:
        inner = params
        *outer, last = field.split(".")
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = ANSWERS[field]
    return params


def test_a_seller_in_thailand_is_opened_by_what_is_due_paid_by_code_and_paid_out(rialto_server):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    with rialto_server.using_its_database():
        # The operator lets it have what it was paid at once.
        Account.objects.filter(id=our.accounts.retrieve_current().id).update(
            settlement_delay_days=0
        )
    wanted = ("transfers", "card_payments", "promptpay_payments")
    seller = our.accounts.create(
        {
            "type": "custom",
            "country": "TH",
            "capabilities": {name: {"requested": True} for name in wanted},
        }
    )
    assert seller.default_currency == "thb"

    for _ in range(5):
        due = seller.requirements.currently_due
        if not due:
            break
        seller = our.accounts.update(seller.id, answered(due))

    assert seller.requirements.currently_due == []
    assert (seller.charges_enabled, seller.payouts_enabled) == (True, True)
    assert {seller.capabilities[name] for name in wanted} == {"active"}
    our.accounts.update(seller.id, {"settings": {"payouts": {"schedule": {"interval": "manual"}}}})

    intent = our.payment_intents.create(
        {
            "amount": 100_000,
            "currency": "thb",
            "confirm": True,
            "payment_method_data": PAYER,
            "payment_method_types": ["promptpay"],
            "application_fee_amount": 10_000,
            "transfer_data": {"destination": seller.id},
        }
    )
    page = intent.next_action.promptpay_display_qr_code.hosted_instructions_url
    requests.post(page, data={"action": "pay"}, timeout=10)

    assert our.payment_intents.retrieve(intent.id).status == "succeeded"
    theirs = {"stripe_account": seller.id}
    assert our.balance.retrieve({}, theirs).available[0].amount == 90_000
    sent = our.payouts.create({"amount": 90_000, "currency": "thb"}, theirs)
    with rialto_server.using_its_database():
        sending.send_due(at=now() + timedelta(hours=1))
        SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=5))
        sending.poll_due(at=now() + timedelta(hours=2))
        assert_books_balance()
    assert our.payouts.retrieve(sent.id, {}, theirs).status == "paid"
    assert our.balance.retrieve({}, theirs).available[0].amount == 0
    assert transport.faults == []


def test_promptpay_is_for_accounts_in_thailand_only(rialto_server):
    _, key = rialto_server.new_platform()
    our = a_client(rialto_server, key)[0].v1
    asked = {"capabilities": {"promptpay_payments": {"requested": True}}}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        our.accounts.create({"type": "custom", "country": "US", **asked})

    assert refused.value.param == "capabilities[promptpay_payments]"
    opened = our.accounts.create({"type": "custom", "country": "US"})
    with pytest.raises(stripe.InvalidRequestError):
        our.accounts.capabilities.update(opened.id, "promptpay_payments", {"requested": True})
