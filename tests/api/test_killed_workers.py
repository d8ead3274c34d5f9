"""A worker is killed with `kill -9` in the middle of a payment; the caller sends it again."""

import signal
import time
from functools import partial

import orjson
import pytest
from django.db import connection
from django.test import Client

from payments.models import Charge, PaymentIntent, Refund
from tests import copies
from tests.api import dying
from tests.factories import a_key, a_paid_intent, a_platform, a_seller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PLACES = ["before the rail", "after the rail", "before the answer"]


@pytest.fixture(autouse=True)
def _room(settings):
    settings.ROOT_URLCONF = "config.urls"


def killed(place, key, path, body):
    """Send a request to a worker that dies at the place."""
    done = copies.run(partial(dying.send, place, key, path, body))
    assert done.returncode == -signal.SIGKILL, done.stderr


def send_again(key, path, body, word="once"):
    """Send the same request, as the SDK does, until nobody is said to work on it."""
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": word}
    for _ in range(50):
        response = Client().post(path, body, "application/x-www-form-urlencoded", headers=headers)
        if response.status_code != 409:
            break
        time.sleep(0.1)
    return response, orjson.loads(response.content)


def count_entries(action):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM processors_simulatedrequest WHERE action = %s", (action,)
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("place", PLACES)
def test_a_payment_that_was_cut_off_is_finished_and_not_repeated(place):
    platform = a_platform()
    key, seller = a_key(platform), a_seller(platform)
    path, body = (
        "/v1/payment_intents",
        (
            "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true"
            f"&transfer_data[destination]={seller.account_id}&application_fee_amount=200"
        ),
    )

    killed(place, key, path, body)
    response, intent = send_again(key, path, body)
    replayed, again = send_again(key, path, body)

    assert response.status_code == 200, intent
    assert intent["status"] == "succeeded"
    assert intent["amount_received"] == 2_000
    assert (PaymentIntent.objects.count(), Charge.objects.count()) == (1, 1)
    assert count_entries("charge") == 1
    assert replayed["Idempotent-Replayed"] == "true"
    assert again == intent


@pytest.mark.parametrize("place", PLACES)
def test_a_confirmation_that_was_cut_off_is_finished_and_not_repeated(place):
    key = a_key(a_platform())
    _, intent = send_again(key, "/v1/payment_intents", "amount=2000&currency=usd", "first")
    path, body = f"/v1/payment_intents/{intent['id']}/confirm", "payment_method=pm_card_visa"

    killed(place, key, path, body)
    response, confirmed = send_again(key, path, body)

    assert response.status_code == 200, confirmed
    assert confirmed["status"] == "succeeded"
    assert Charge.objects.count() == 1
    assert count_entries("charge") == 1


@pytest.mark.parametrize("place", PLACES)
def test_a_refund_that_was_cut_off_is_finished_and_not_repeated(place):
    platform = a_platform()
    key, paid = a_key(platform), a_paid_intent(platform)
    path, body = "/v1/refunds", f"payment_intent={paid.id}&amount=400"

    killed(place, key, path, body)
    response, refund = send_again(key, path, body)

    assert response.status_code == 200, refund
    assert refund["status"] == "succeeded"
    assert Refund.objects.count() == 1
    assert Charge.objects.get().amount_refunded == 400
    assert count_entries("refund") == 1


@pytest.mark.parametrize("place", ["after the rail", "before the answer"])
def test_a_decline_that_was_cut_off_is_told_and_not_repeated(place):
    key = a_key(a_platform())
    path = "/v1/payment_intents"
    body = "amount=2000&currency=usd&payment_method=pm_card_chargeDeclined&confirm=true"

    killed(place, key, path, body)
    response, _ = send_again(key, path, body)

    assert response.status_code == 402
    assert Charge.objects.count() == 1
    assert count_entries("charge") == 1
