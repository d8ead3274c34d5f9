"""Answers that are kept for retries: unreadable where they lie, and shown to whom may see them."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Connection
from api.models import IdempotencyKey
from payments.customers.services import customers
from tests.connect.test_oauth import connected
from tests.factories import a_key, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

SECRETS = [
    ("webhook_endpoints", {"url": "https://shop.example/h", "enabled_events[]": "*"}, "secret"),
    ("ephemeral_keys", {"customer": "{customer}"}, "secret"),
    ("customer_sessions", {"customer": "{customer}", "components[buy_button][enabled]": "true"},
     "client_secret"),
    ("accounts/{seller}/login_links", {}, "url"),
    ("payment_intents", {"amount": "100", "currency": "usd"}, "client_secret"),
]  # fmt: skip


@pytest.fixture
def platform():
    return a_platform()


def send(key, path, params, account=None):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "once"}
    headers |= {"Stripe-Account": account} if account else {}
    kind = "application/x-www-form-urlencoded"
    return Client().post(f"/v1/{path}", urlencode(params), content_type=kind, headers=headers)


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM api_idempotencykey i")
        return " ".join(row for (row,) in cursor.fetchall())


@pytest.mark.parametrize(("path", "params", "secret"), SECRETS)
def test_no_secret_of_a_kept_answer_lies_in_the_table(platform, path, params, secret):
    key = a_key(platform)
    customer = customers.create(tenant=platform, at=now()).id
    seller = a_seller(platform).account_id
    path = path.format(seller=seller)
    params = {name: value.format(customer=customer) for name, value in params.items()}

    first = send(key, path, params)
    lies = stored()
    again = send(key, path, params)

    assert first.status_code == 200, first.content
    assert first.json()[secret]
    assert first.json()[secret] not in lies
    assert first.json().get("id", "login_link") not in lies
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")


def test_an_answer_that_was_moved_to_another_row_is_not_given(platform):
    key = a_key(platform)
    send(key, "customers", {"name": "Ada"})
    row = IdempotencyKey.objects.get()
    other = IdempotencyKey.objects.get()
    other.id, other.key = f"{row.id[:-4]}0000", "moved"
    other.save(force_insert=True)

    answer = Client().post(
        "/v1/customers",
        "name=Ada",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "moved"},
    )

    assert answer.status_code == 500
    assert b"Ada" not in answer.content


def test_an_answer_that_an_older_version_kept_in_plain_text_is_given(platform):
    key = a_key(platform)
    first = send(key, "customers", {"name": "Ada"})
    IdempotencyKey.objects.update(body=first.content.decode())

    assert send(key, "customers", {"name": "Ada"}).content == first.content


def test_a_key_that_may_do_less_reads_no_answer_of_one_that_may_do_more(platform):
    params = {"amount": "100", "currency": "usd"}
    allowed = {"payment_intents": "write"}
    keys = [
        a_key(platform),
        a_key(platform, kind="restricted", permissions=allowed),
        a_key(platform, kind="restricted", permissions=allowed | {"customers": "read"}),
    ]
    answers = [send(key, "payment_intents", params) for key in keys]
    twin = a_key(platform, kind="restricted", permissions=dict(reversed(allowed.items())))

    assert len({answer.json()["id"] for answer in answers}) == 3
    assert not any("Idempotent-Replayed" in answer for answer in answers)
    assert send(twin, "payment_intents", params).content == answers[1].content


def test_a_replay_expands_only_what_its_caller_may_still_see(platform):
    app = a_platform()
    connected(app, platform, "read_write", resources=["payment_intents", "customers"])
    customer = customers.create(tenant=platform, name="Ada", at=now()).id
    params = {"amount": "100", "currency": "usd", "customer": customer, "expand[]": "customer"}
    key = a_key(app)

    first = send(key, "payment_intents", params, platform.account_id)
    Connection.objects.filter(account_id=platform.account_id).update(
        granted={"payment_intents": "write"}
    )
    again = send(key, "payment_intents", params, platform.account_id)

    assert first.json()["customer"]["name"] == "Ada"
    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["customer"] == customer
    assert again.json()["id"] == first.json()["id"]


def test_a_replay_is_refused_to_whom_the_request_itself_is(platform):
    app = a_platform()
    connected(app, platform, "read_write", resources=["payment_intents"])
    params = {"amount": "100", "currency": "usd"}
    key = a_key(app)

    send(key, "payment_intents", params, platform.account_id)
    Connection.objects.filter(account_id=platform.account_id).update(granted={"customers": "write"})
    again = send(key, "payment_intents", params, platform.account_id)

    assert (again.status_code, "Idempotent-Replayed" in again) == (403, False)
