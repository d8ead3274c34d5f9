"""PromptPay over HTTP with the official package, every answer held against its annotations."""

import pytest
import requests
import stripe

from tests.acceptance.sdk import a_client
from tests.books import assert_books_balance
from tests.payments.scanning import time_passes

pytestmark = pytest.mark.slow


def kind(mailbox):
    return {"type": "promptpay", "billing_details": {"email": f"{mailbox}@example.com"}}


def test_an_application_shows_a_code_hears_that_it_was_paid_and_refunds(rialto_server):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    method = our.payment_methods.create(kind("somchai"))
    intent = our.payment_intents.create(
        {
            "amount": 100_000,
            "currency": "thb",
            "automatic_payment_methods": {"enabled": True},
        }
    )
    assert intent.payment_method_types == ["card", "promptpay"]

    shown = our.payment_intents.confirm(intent.id, {"payment_method": method.id})

    assert shown.status == "requires_action"
    assert shown.next_action.type == "promptpay_display_qr_code"
    code = shown.next_action.promptpay_display_qr_code
    assert code.data.startswith("000201010212")
    assert requests.get(code.image_url_png, timeout=10).content.startswith(b"\x89PNG")
    assert requests.get(code.image_url_svg, timeout=10).text.startswith("<?xml")
    assert "1,000.00" in requests.get(code.hosted_instructions_url, timeout=10).text
    requests.post(code.hosted_instructions_url, data={"action": "pay"}, timeout=10)

    paid = our.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert (paid.status, paid.next_action) == ("succeeded", None)
    details = paid.latest_charge.payment_method_details
    assert details.type == "promptpay"
    assert details.promptpay.reference in code.data
    assert our.refunds.create({"payment_intent": intent.id, "amount": 40_000}).amount == 40_000
    assert transport.faults == []


def test_an_application_hears_why_a_code_was_not_paid_and_cancels_the_next(rialto_server):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    intent = our.payment_intents.create(
        {
            "amount": 100_000,
            "currency": "thb",
            "confirm": True,
            "payment_method_types": ["promptpay"],
            "payment_method_data": kind("expire_immediately"),
        }
    )
    with rialto_server.using_its_database():
        time_passes()

    expired = our.payment_intents.retrieve(intent.id)
    assert expired.status == "requires_payment_method"
    assert expired.last_payment_error.code == "payment_intent_payment_attempt_expired"
    again = our.payment_intents.confirm(intent.id, {"payment_method_data": kind("somchai")})
    assert again.status == "requires_action"
    assert our.payment_intents.cancel(intent.id).status == "canceled"
    for params in (
        {"payment_method_types": ["promptpay"]},
        {"payment_method": again.payment_method, "confirm": True},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            our.setup_intents.create(params)
    assert transport.faults == []
    with rialto_server.using_its_database():
        assert_books_balance()
