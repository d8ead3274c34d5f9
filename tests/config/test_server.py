import json
import urllib.error
import urllib.request

import pytest
import stripe

from payments.models import PaymentIntent


def test_a_running_rialto_is_alive_and_ready(rialto_server):
    with urllib.request.urlopen(f"{rialto_server.base_url}/livez") as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"{rialto_server.base_url}/readyz") as answer:
        state = json.load(answer)

    # Told, and no reason to send it no payments: what else works on its database, tests decide.
    assert state.pop("programs")
    assert state == {"status": "ok", "database": "ok", "migrations": "ok", "redis": "ok"}


def test_the_official_client_takes_a_payment(rialto_server):
    account, key = rialto_server.new_platform()
    client = stripe.StripeClient(key, base_addresses={"api": rialto_server.base_url})

    intent = client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )

    assert intent.status == "succeeded"
    with rialto_server.using_its_database():
        assert PaymentIntent.objects.get(id=intent.id).account_id == account


def test_an_unknown_address_is_refused_in_the_words_of_the_api(rialto_server):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{rialto_server.base_url}/v1/nothing/here")

    assert refusal.value.code in (401, 404)
    assert "error" in json.load(refusal.value)


def test_what_a_home_keeps_is_for_its_owner_alone(rialto_server):
    root = rialto_server.home.root
    kept = list(root.rglob("*"))

    # Whoever PostgreSQL runs as must get through the home itself, and no further.
    assert root.stat().st_mode & 0o066 == 0
    assert {"mail", "logs", "run", "secrets.json", "web.log"} <= {path.name for path in kept}
    assert {str(path) for path in kept if path.lstat().st_mode & 0o077} == set()
