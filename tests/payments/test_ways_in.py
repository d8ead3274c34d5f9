"""What lets somebody in by its address alone stands nowhere in the database, nor in the log."""

import json
import logging
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config import logs
from tests.factories import a_key, a_platform, a_seller
from tests.tables import tables_with
from tests.webhooks.steps import an_endpoint, relayed
from webhooks.models import Delivery, Event

pytestmark = pytest.mark.django_db(transaction=True)

ASKS = "pm_card_threeDSecure2Required"
BACK = "https://shop.example/done"


def ask(key, path, **params):
    answer = Client().post(
        f"/v1/{path}",
        params,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": uuid4().hex},
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


def read(key, path):
    return Client().get(f"/v1/{path}", headers={"Authorization": f"Bearer {key}"}).json()


def page_of(intent):
    return intent["next_action"]["redirect_to_url"]["url"]


def a_challenge(key, kind="payment_intents", **details):
    return ask(key, kind, payment_method=ASKS, confirm=True, return_url=BACK, **details)


def test_the_addresses_of_pages_stand_nowhere_in_the_database():
    platform = a_platform()
    key, seller = a_key(platform), a_seller(platform).account_id
    an_endpoint(platform, "https://shop.example/hook", "payment_intent.requires_action")
    params = {"type": "account_onboarding", "return_url": BACK, "refresh_url": BACK}
    upload = (
        Client()
        .post(
            "/v1/files",
            {
                "purpose": "dispute_evidence",
                "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n"),
                "file_link_data[create]": "true",
            },
            headers={"Authorization": f"Bearer {key}"},
        )
        .json()
    )
    session = ask(
        key, "account_sessions", account=seller, components={"payouts": {"enabled": True}}
    )

    ways = [
        page_of(a_challenge(key, amount=2_000, currency="eur")),
        page_of(a_challenge(key, "setup_intents")),
        ask(key, "account_links", account=seller, **params)["url"],
        upload["links"]["data"][0]["url"],
        session["client_secret"],
    ]
    relayed()

    assert Delivery.objects.filter(event__type="payment_intent.requires_action").exists()
    words = [way.rpartition("/")[2] for way in ways]
    assert all(len(word) >= 32 for word in words)
    assert [tables_with(word) for word in words] == [[]] * 5


def test_a_challenges_address_is_shown_whenever_the_intent_is_read_and_to_no_receiver():
    key = a_key(a_platform())

    intent = a_challenge(key, amount=2_000, currency="eur")

    shown = read(key, f"payment_intents/{intent['id']}")["next_action"]
    assert shown == intent["next_action"]
    assert shown["redirect_to_url"]["return_url"] == BACK
    assert Client().get(urlsplit(page_of(intent)).path).status_code == 200
    event = json.loads(Event.objects.get(type="payment_intent.requires_action").data)["object"]
    assert event["next_action"] == {
        "redirect_to_url": {"return_url": BACK, "url": None},
        "type": "redirect_to_url",
    }


def test_the_key_of_one_challenge_opens_no_other():
    key = a_key(a_platform())
    one, two = (
        urlsplit(page_of(a_challenge(key, "setup_intents", description=name))).path.split("/")
        for name in ("one", "two")
    )

    assert Client().get("/".join([*one[:3], two[3]])).status_code == 404
    assert Client().get("/".join(one)).status_code == 200


def test_a_log_leaves_out_the_last_word_of_an_address_that_lets_somebody_in():
    path = "/3d-secure/tds_0000000000000000000000aa/Zq8Hf3-key_of"
    orders = [f"/c/{more}cs_test_0000000000000000000000aa/Zq8Hf3-key" for more in ("", "recover/")]
    paths = [path, *orders, "/sellers/enter/Zq8Hf3-key_of", "/links/link_0aa:Zq8Hf3-key_of"]
    record = logging.LogRecord("x", 30, "x", 1, "Unprocessable: %s %s %s %s %s", tuple(paths), None)

    line = json.loads(logs.formatter().format(record))["event"]

    assert "Zq8Hf3" not in line
    assert line.startswith("Unprocessable: /3d-secure/tds_0000000000000000000000aa/")
