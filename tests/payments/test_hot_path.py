"""Round trips decide the speed, so their number is fixed."""

import tempfile

import pytest
from django.db import connection
from django.test import Client

from tests.factories import a_key, a_platform, a_seller

pytestmark = pytest.mark.django_db(transaction=True)

PLAIN = {
    "amount": "2000", "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"
}  # fmt: skip


def _round_trips(key: str, body: dict[str, str]) -> int:
    """Count what the driver really sends: Django's log tells of a BEGIN before there is one."""
    # A statement is prepared when it comes again, which takes a round trip of its own.
    for number in range(4):
        _pay(key, body, f"warm-{number}")
    with tempfile.TemporaryFile("w+") as said:
        connection.connection.pgconn.trace(said.fileno())
        _pay(key, body, "counted")
        connection.connection.pgconn.untrace()
        said.seek(0)
        messages = [line.split("\t") for line in said]
    return sum(m[1] == "F" and m[3].strip() in ("Sync", "Query") for m in messages)


def _pay(key: str, body: dict[str, str], idempotency_key: str) -> None:
    answer = Client().post(
        "/v1/payment_intents",
        data="&".join(f"{name}={value}" for name, value in body.items()),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency_key},
    )
    assert answer.status_code == 200, answer.content


def test_creating_and_confirming_a_plain_payment_takes_six_round_trips():
    key = a_key(a_platform())
    assert _round_trips(key, PLAIN) == 6


def test_a_split_takes_one_more_to_look_at_the_seller():
    platform = a_platform()
    seller = a_seller(platform)
    key = a_key(platform)
    split = {
        "transfer_data[destination]": seller.account_id,
        "application_fee_amount": "200",
    }
    assert _round_trips(key, PLAIN | split) == 7
