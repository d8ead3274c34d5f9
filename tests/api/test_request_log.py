import time
import urllib.request
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from accounts.models import ApiKey
from api import request_log
from api.models import RequestLog

A_REQUEST: Final[dict[str, Any]] = {
    "caller": None,
    "method": "GET",
    "path": "/v1/open",
    "status": 200,
    "error_code": None,
    "seconds": 0.1,
    "api_version": "2024-06-20",
    "idempotency_key": None,
    "address": None,
    "at": datetime(2026, 11, 1, tzinfo=UTC),
}


@pytest.fixture(autouse=True)
def _log(settings: Any) -> None:
    settings.REQUEST_LOG_ENABLED = True
    request_log._waiting.clear()


def test_a_request_is_written_down_without_its_contents(post, tenant):
    response = post(
        "amount=1&currency=usd&card[number]=4242424242424242&outcome=declined",
        to="/v1/widgets?tags[]=secret",
        idempotency_key="order-7",
        stripe_version="2024-06-20",
    )

    assert request_log.flush() >= 1

    row = RequestLog.objects.get(id=response["Request-Id"])
    assert (row.account_id, row.livemode) == (tenant.account_id, False)
    assert (row.method, row.path, row.status_code) == ("POST", "/v1/widgets", 402)
    assert (row.error_code, row.idempotency_key) == ("card_declined", "order-7")
    assert (row.api_version, row.address) == ("2024-06-20", "127.0.0.1")
    assert row.key_id.startswith("key_")
    assert row.duration_ms >= 0
    assert row.parameters == {
        "amount": "1",
        "currency": "usd",
        "card": {"number": "(16 characters)"},
        "outcome": "(8 characters)",
        "tags": ["(6 characters)"],
    }
    assert row.answer["decline_code"] == "generic_decline"
    shown = {str(value) for value in vars(row).values()}
    assert not any("4242424242424242" in text or "secret" in text for text in shown)


def test_requests_of_strangers_belong_to_nobody(client, db):
    response = client.get("/v1/open", REMOTE_ADDR="nonsense")

    request_log.flush()

    row = RequestLog.objects.get(id=response["Request-Id"])
    assert (row.account_id, row.status_code, row.address) == (None, 401, None)


def test_headers_that_are_too_long_take_no_rows_of_others_with_them(get, post):
    other = get("/v1/open")

    refused = post("amount=1", idempotency_key="k" * 300, stripe_version="9" * 300)
    request_log.flush()

    assert refused.status_code == 400
    kept = set(RequestLog.objects.values_list("id", flat=True))
    assert kept == {other["Request-Id"], refused["Request-Id"]}


def test_the_log_costs_the_request_no_query(get, django_assert_num_queries):
    with django_assert_num_queries(1):
        get("/v1/open")


def test_the_log_drops_the_oldest_rather_than_grow(get, settings):
    first, *others = (get("/v1/open")["Request-Id"] for _ in range(3))
    for number in range(settings.REQUEST_LOG_MOST - 2):
        request_log.note(**A_REQUEST, id=f"req_{number}")

    assert request_log.flush() >= settings.REQUEST_LOG_MOST

    kept = RequestLog.objects.values_list("id", flat=True)
    assert len(kept) == settings.REQUEST_LOG_MOST
    assert first not in kept
    assert {*others} <= {*kept}


def test_many_rows_are_written_at_once(get, django_assert_max_num_queries):
    # What tests before have left to be written, and from where this key is used.
    get("/v1/open")
    request_log.flush()
    for _ in range(50):
        get("/v1/open")

    # One for the rows, one for the keys' last use, one for what they were used for.
    with django_assert_max_num_queries(3):
        assert request_log.flush() >= 50


@pytest.mark.slow
def test_a_running_server_writes_its_log_within_a_second_or_so(rialto_server):
    account, key = rialto_server.new_platform()
    request = urllib.request.Request(
        f"{rialto_server.base_url}/v1/balance", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request) as response:
        request_id = response.headers["Request-Id"]

    with rialto_server.using_its_database():
        for _ in range(30):
            row = RequestLog.objects.filter(id=request_id).first()
            used = ApiKey.objects.get(account_id=account).last_used_at
            if row and used:
                break
            time.sleep(0.1)

    assert row is not None
    assert (row.account_id, row.status_code, row.path) == (account, 200, "/v1/balance")
    assert used is not None
