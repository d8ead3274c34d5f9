import base64
import logging
from urllib.parse import urlencode

import orjson
import pytest
from django.db import DataError, InterfaceError, OperationalError
from django.test import Client
from psycopg import errors as pg

from api.answers import errors
from core.errors import Busy, ServiceFailure


def error_of(response):
    return orjson.loads(response.content)["error"]


@pytest.mark.parametrize(
    ("outcome", "status", "expected"),
    [
        (
            "declined",
            402,
            {
                "type": "card_error",
                "code": "card_declined",
                "decline_code": "generic_decline",
                "payment_intent": {"id": "pi_1"},
            },
        ),
        ("invalid", 400, {"type": "invalid_request_error", "code": "widget_unexpected_state"}),
        ("missing_owner", 400, {"code": "resource_missing", "param": "owner"}),
        ("missing", 404, {"code": "resource_missing", "param": "id"}),
        ("busy", 409, {"type": "invalid_request_error", "code": "lock_timeout"}),
        ("away", 500, {"type": "api_error"}),
        ("bug", 500, {"type": "api_error"}),
        ("lost", 503, {"type": "api_error"}),
    ],
)
def test_each_failure_has_its_status_and_shape(post, outcome, status, expected):
    response = post(f"amount=1&currency=usd&outcome={outcome}")

    error = error_of(response)
    assert response.status_code == status
    assert error | expected == error
    assert error["message"]
    assert "decline_code" not in error or outcome == "declined"


def test_a_bug_tells_nothing_but_the_request_id(post, caplog):
    with caplog.at_level(logging.ERROR):
        response = post("amount=1&currency=usd&outcome=bug")

    assert b"secret" not in response.content
    assert response["Request-Id"] in error_of(response)["message"]
    assert response["Request-Id"] in caplog.text
    assert "secret detail of ours" in caplog.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/v1/foo"),
        ("post", "/v1/foo"),
        ("put", "/v1/widgets"),
        ("patch", "/v1/widgets"),
        ("trace", "/v1/widgets"),
    ],
)
def test_an_unknown_url_or_method_is_told_without_asking_for_a_key(method, path):
    response = getattr(Client(), method)(path)

    assert response.status_code == 404
    error = error_of(response)
    assert error["message"].startswith(
        f"Unrecognized request URL ({method.upper()}: {path.partition('?')[0]})"
    )
    assert error["type"] == "invalid_request_error"
    assert response["Request-Id"].startswith("req_")
    assert response["Cache-Control"] == "no-cache, no-store"


def test_a_url_with_a_nul_leads_nowhere(get):
    assert get("/v1/widgets/wid%00").status_code == 404


def test_head_answers_like_get_and_options_names_the_methods(get, key):
    headers = {"Authorization": f"Bearer {key}"}

    assert Client().head("/v1/widgets", headers=headers).status_code == 200
    assert Client().options("/v1/widgets")["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("status", "outcome", "should"), [(409, "busy", "true"), (500, "bug", "false")]
)
def test_the_answer_says_whether_to_try_again(post, status, outcome, should):
    response = post(f"amount=1&currency=usd&outcome={outcome}", idempotency_key="k")

    assert response.status_code == status
    assert response["Stripe-Should-Retry"] == should


def test_without_a_key_a_failed_post_is_not_to_be_repeated(post):
    response = post("amount=1&currency=usd&outcome=lost")

    assert response["Stripe-Should-Retry"] == "false"


def test_what_the_caller_sent_is_echoed(get, tenant):
    response = get(
        "/v1/open",
        stripe_version="2024-06-20",
        idempotency_key="k",
        stripe_account=tenant.account_id,
    )

    assert response["Stripe-Version"] == "2024-06-20"
    assert response["Idempotency-Key"] == "k"
    assert response["Stripe-Account"] == tenant.account_id
    assert response["Request-Id"].startswith("req_")
    assert orjson.loads(response.content)["version"] == "2024-06-20"


def test_without_a_version_the_accounts_own_is_spoken(get):
    assert get("/v1/open")["Stripe-Version"] == "2026-10-28.endive"


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"a=%ff",
        b"amount[" + b"]" * 10,
        b"currency[x]=1&amount=1",
        b"amount[]=1&currency=usd",
        b"metadata[a%00]=1&amount=1&currency=usd",
        urlencode({f"metadata[{i}]": "x" for i in range(60)}).encode(),
        b"expand=1&expand[]=2",
        b"expand[0][a]=1",
        b"expand[]=metadata.customer",
        b"expand[]=id",
        b"expand[]=" + b"a" * 1_000,
        b"expand[]=a..b",
        b"amount=1&currency=%F0%9F%92%A9",
    ],
)
def test_a_hostile_form_is_the_callers_fault(post, body):
    assert post(body).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"amount": {"a": {"b": 1}}, "currency": "usd"}',
        b'{"amount": 1e400}',
        b'{"amount": 1, "currency": ["usd"]}',
        b'{"amount": 1, "currency": "usd", "anything": {"a": "\\u0000"}}',
        b'{"amount": 1, "currency": "usd", "metadata": {"a": [1]}}',
        b'{"amount": 1, "currency": "usd", "expand": {"a": {"b": 1}}}',
        b'{"amount": 1, "currency": "usd", "expand": 7}',
        b'{"amount": 1, "currency": "usd", "items": {"x": 1}}',
        b'{"amount": 99999999999999999999, "currency": "usd"}',
    ],
)
def test_a_hostile_json_body_is_the_callers_fault(post, body):
    assert post(body, "application/json").status_code == 400


def test_json_is_accepted(post):
    response = post(b'{"amount": 1, "currency": "usd"}', "application/json; charset=utf-8")

    assert response.status_code == 200


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/xml", "image/png"])
def test_other_kinds_of_bodies_are_refused(post, kind):
    assert post(b"--x--", kind).status_code == 400


def test_compressed_and_overlong_bodies_are_refused(post):
    assert "Compressed" in error_of(post(b"amount=1", Content_Encoding="gzip"))["message"]
    assert "1 MiB" in error_of(post(b"a=" + b"x" * 2_000_000))["message"]


@pytest.mark.parametrize("version", ["x", "2026-13-01", "2026-1-1", "latest", "2026-10-28; x"])
def test_a_malformed_version_is_refused(get, version):
    assert get("/v1/open", stripe_version=version).status_code == 400


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic x",
        "Basic " + base64.b64encode(b":").decode(),
        "Digest abc",
        "Bearer \u00e4",
        "Basic " + base64.b64encode(b"\xff:").decode(),
    ],
)
def test_a_request_without_a_usable_key_is_refused(db, header):
    response = Client().get("/v1/open", headers={"Authorization": header})

    assert response.status_code == 401
    assert error_of(response)["type"] == "invalid_request_error"
    assert response["WWW-Authenticate"] == 'Bearer realm="Rialto"'


@pytest.mark.parametrize(
    ("failure", "cause", "kind"),
    [
        (OperationalError, pg.DeadlockDetected(), Busy),
        (OperationalError, pg.LockNotAvailable(), Busy),
        (OperationalError, pg.SerializationFailure(), Busy),
        (OperationalError, pg.QueryCanceled(), ServiceFailure),
        (OperationalError, pg.AdminShutdown(), ServiceFailure),
        (OperationalError, pg.TooManyConnections(), ServiceFailure),
        (OperationalError, pg.OperationalError("gone"), ServiceFailure),
        (InterfaceError, pg.InterfaceError("closed"), ServiceFailure),
        (DataError, pg.NumericValueOutOfRange(), None),
    ],
)
def test_a_database_that_is_busy_or_away_is_told_apart_from_a_bug(failure, cause, kind):
    error = failure("x")
    error.__cause__ = cause

    explained = errors.of_database(error)

    assert explained is None if kind is None else isinstance(explained[0], kind)
