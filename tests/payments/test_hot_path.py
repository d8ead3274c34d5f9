"""Round trips decide the speed, so their number is fixed."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import a_key, a_platform, a_seller

pytestmark = pytest.mark.django_db

PLAIN = {
    "amount": "2000", "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"
}  # fmt: skip


def _queries_of(key: str, body: dict[str, str], idempotency_key: str) -> int:
    client = Client()
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency_key}
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(
            "/v1/payment_intents",
            data="&".join(f"{name}={value}" for name, value in body.items()),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )
    assert answer.status_code == 200, answer.content
    return len(captured)


def test_creating_and_confirming_a_plain_payment_takes_12_statements():
    key = a_key(a_platform())
    _queries_of(key, PLAIN, "warm")

    assert _queries_of(key, PLAIN, "counted") == 12


def test_a_split_costs_one_statement_more():
    platform = a_platform()
    seller = a_seller(platform)
    key = a_key(platform)
    split = {
        "transfer_data[destination]": seller.account_id,
        "application_fee_amount": "200",
    }
    _queries_of(key, PLAIN | split, "warm")

    assert _queries_of(key, PLAIN | split, "counted") == 13
