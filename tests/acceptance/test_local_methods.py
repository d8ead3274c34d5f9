"""Payments to which payers agree elsewhere, with the official package: answers fit its types."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.acceptance.sdk import a_client
from tests.books import assert_books_balance
from tests.payments.agreeing import PAYERS, payer
from tests.payments.scanning import CODES

pytestmark = pytest.mark.slow

AGREED = {"customer_acceptance": {"type": "offline"}}
WAY_BACK = "https://shop.example/done"


def agree(intent):
    """Let the payer agree, and return where its browser is sent at last."""
    led = requests.get(intent.next_action.redirect_to_url.url, timeout=10)
    back = requests.post(led.url, data={"action": "pay"}, timeout=10)
    return parse_qs(urlsplit(unescape(back.text.split("url=")[1].split('"')[0])).query)


def test_an_application_sends_payers_to_their_banks_and_wallets_and_refunds(rialto_server):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1

    for type in PAYERS:
        method = our.payment_methods.create(payer(type))
        assert method.type == type
        wanted = {
            "amount": 100_00,
            "currency": PAYERS[type][0],
            "automatic_payment_methods": {"enabled": True},
        }
        intent = our.payment_intents.create(wanted)
        assert type in intent.payment_method_types
        options = {"blik": {"code": "123456"}} if type == "blik" else {}
        params = {"payment_method": method.id, "return_url": WAY_BACK}
        shown = our.payment_intents.confirm(intent.id, params | {"payment_method_options": options})
        assert shown.status == "requires_action"
        if type == "blik":
            assert shown.next_action.type == "blik_authorize"
            continue
        assert agree(shown)["payment_intent"] == [intent.id]
        paid = our.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
        assert paid.status == "succeeded"
        assert paid.latest_charge.payment_method_details.type == type
        our.refunds.create({"payment_intent": intent.id, "amount": 40_00})

    never = our.payment_intents.create(
        {
            "amount": 100_00,
            "currency": "eur",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    assert not set(PAYERS) & set(never.payment_method_types)
    assert transport.faults == []


def test_an_application_shows_codes_and_numbers_and_refunds(rialto_server):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    billing = {"email": "jenny@example.com", "name": "Jenny Rosen"}

    for type, (currency, amount, kind) in CODES.items():
        intent = our.payment_intents.create(
            {
                "amount": amount,
                "currency": currency,
                "confirm": True,
                "payment_method_types": [type],
                "payment_method_data": {"type": type, "billing_details": billing},
            }
        )
        shown = intent.next_action[kind]
        page = shown["hosted_voucher_url" if type == "konbini" else "hosted_instructions_url"]
        assert requests.post(page, data={"action": "pay"}, timeout=10).status_code == 200
        paid = our.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
        assert paid.status == "succeeded"
        assert paid.latest_charge.payment_method_details.type == type
        refund = our.refunds.create({"payment_intent": intent.id})
        assert refund.status == "succeeded"
    assert transport.faults == []


def test_an_application_hears_that_a_payer_is_asked_for_an_account(rialto_server):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    billing = {"email": "rialto_refund_never@example.com", "name": "Jenny Rosen"}
    intent = our.payment_intents.create(
        {
            "amount": 100_00,
            "currency": "thb",
            "confirm": True,
            "payment_method_types": ["promptpay"],
            "payment_method_data": {"type": "promptpay", "billing_details": billing},
        }
    )
    page = intent.next_action.promptpay_display_qr_code.hosted_instructions_url
    requests.post(page, data={"action": "pay"}, timeout=10)

    refund = our.refunds.create({"payment_intent": intent.id})
    assert refund.status == "requires_action"
    assert refund.next_action.display_details.email_sent.email_sent_to == billing["email"]
    expired = our.test_helpers.refunds.expire(refund.id)

    assert (expired.status, expired.failure_reason) == ("failed", "expired")
    assert transport.faults == []


def test_an_application_lets_a_card_be_paid_in_parts(rialto_server):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    wanted = {"amount": 700_00, "currency": "mxn", "payment_method": "pm_card_mx"}
    enabled = {"card": {"installments": {"enabled": True}}}
    intent = our.payment_intents.create(
        wanted | {"payment_method_types": ["card"], "payment_method_options": enabled}
    )
    plans = intent.payment_method_options.card.installments.available_plans
    assert [plan.count for plan in plans] == [3, 6]

    chosen = {"enabled": True, "plan": {"count": 3, "interval": "month", "type": "fixed_count"}}
    paid = our.payment_intents.confirm(
        intent.id,
        {
            "payment_method_options": {"card": {"installments": chosen}},
            "expand": ["latest_charge"],
        },
    )

    assert paid.status == "succeeded"
    assert paid.latest_charge.payment_method_details.card.installments.plan.count == 3
    assert transport.faults == []


@pytest.mark.parametrize("type", ["ideal", "bancontact"])
def test_an_application_keeps_the_account_behind_an_agreement(rialto_server, type):
    _, key = rialto_server.new_platform()
    client, transport = a_client(rialto_server, key)
    our = client.v1
    customer = our.customers.create({}).id

    setup = our.setup_intents.create(
        {
            "customer": customer,
            "payment_method_types": [type],
            "payment_method_data": payer(type),
            "mandate_data": AGREED,
            "confirm": True,
            "return_url": WAY_BACK,
        }
    )
    assert setup.status == "requires_action"
    assert agree(setup)["redirect_status"] == ["succeeded"]

    done = our.setup_intents.retrieve(setup.id, {"expand": ["latest_attempt"]})
    details = done.latest_attempt.payment_method_details[type]
    kept = our.payment_methods.retrieve(details.generated_sepa_debit)
    assert (done.status, kept.type, kept.customer) == ("succeeded", "sepa_debit", customer)
    assert kept.sepa_debit.generated_from.setup_attempt == done.latest_attempt.id
    assert details.generated_sepa_debit_mandate == done.mandate
    mandate = our.mandates.retrieve(str(done.mandate))
    assert (mandate.payment_method, mandate.status) == (kept.id, "active")
    later = our.payment_intents.create(
        {
            "amount": 50_00,
            "currency": "eur",
            "customer": customer,
            "payment_method": kept.id,
            "payment_method_types": ["sepa_debit"],
            "off_session": True,
            "confirm": True,
        }
    )
    assert later.status == "processing"
    assert transport.faults == []
    with rialto_server.using_its_database():
        assert_books_balance()
