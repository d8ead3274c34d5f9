"""What a payer's own page or application may do: for one customer, and not for long."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiKey
from accounts.services import api_keys
from core.errors import InvalidRequest
from core.tenant import Tenant
from payments.customers.services import customer_sessions, customers
from payments.methods.services import payment_methods
from payments.models import CustomerSession
from tests.factories import a_key, a_platform, now

pytestmark = pytest.mark.django_db

SHOWN = {"payment_element": {"enabled": True}}


@pytest.fixture
def platform() -> Tenant:
    return a_platform()


def a_customer(tenant: Tenant) -> str:
    return customers.create(tenant=tenant, at=now()).id


def ask(key: str, method: str, path: str, **params: Any) -> Any:
    send = getattr(Client(), method.lower())
    headers = {"Authorization": f"Bearer {key}"}
    if method == "POST":
        return send(f"/v1/{path}", params, content_type="application/json", headers=headers)
    return send(f"/v1/{path}", query_params=params, headers=headers)


def test_a_session_opens_with_its_secret_until_it_ends(platform):
    at = now()
    row, secret = customer_sessions.create(
        tenant=platform, customer=a_customer(platform), components=SHOWN, at=at
    )
    almost, over = at + timedelta(minutes=29), at + timedelta(minutes=30)

    assert customer_sessions.find(tenant=platform, secret=secret, at=almost) == row
    assert customer_sessions.find(tenant=platform, secret=secret, at=over) is None
    assert customer_sessions.find(tenant=platform, secret=f"{secret}x", at=at) is None
    assert customer_sessions.find(tenant=a_platform(), secret=secret, at=at) is None
    assert secret.encode() not in bytes(row.digest)


def test_sessions_that_have_ended_are_cleared_away(platform):
    customer, at = a_customer(platform), now()
    for later in (timedelta(0), timedelta(minutes=20), timedelta(minutes=40)):
        customer_sessions.create(
            tenant=platform, customer=customer, components=SHOWN, at=at + later
        )

    assert CustomerSession.objects.count() == 2


def test_a_session_says_what_each_component_may_do(platform):
    answer = ask(
        a_key(platform),
        "POST",
        "customer_sessions",
        customer=a_customer(platform),
        components={
            "payment_element": {"enabled": True, "features": {"payment_method_save": "enabled"}}
        },
    ).json()

    features = answer["components"]["payment_element"]["features"]
    assert features["payment_method_save"] == "enabled"
    assert features["payment_method_redisplay"] == "disabled"
    assert features["payment_method_redisplay_limit"] == 3
    assert answer["components"]["customer_sheet"] == {"enabled": False, "features": None}
    assert answer["expires_at"] - answer["created"] == 1800


@pytest.mark.parametrize(
    ("components", "param"),
    [
        ({}, "components"),
        ({"buy_button": {"enabled": False}}, "components"),
        ({"buy_button": {}}, "components[buy_button][enabled]"),
        ({"buy_button": {"enabled": True, "features": {}}}, "components[buy_button][features]"),
        ({"unheard_of": {"enabled": True}}, "components[unheard_of]"),
    ],
)
def test_a_session_that_shows_nothing_is_refused(platform, components, param):
    answer = ask(
        a_key(platform),
        "POST",
        "customer_sessions",
        customer=a_customer(platform),
        components=components,
    )

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert not CustomerSession.objects.exists()


def test_the_same_session_again_is_one_with_one_secret(platform):
    key, customer = a_key(platform), a_customer(platform)
    first, second = (
        Client().post(
            "/v1/customer_sessions",
            {"customer": customer, "components": SHOWN},
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "once"},
        )
        for _ in range(2)
    )

    assert first.json() == second.json()
    assert CustomerSession.objects.count() == 1


def test_an_ephemeral_key_serves_its_own_customer(platform):
    customer = a_customer(platform)
    secret = ask(a_key(platform), "POST", "ephemeral_keys", customer=customer).json()["secret"]
    method = payment_methods.create(tenant=platform, card={"token": "tok_visa"}, at=now())

    attached = ask(secret, "POST", f"payment_methods/{method.id}/attach", customer=customer)
    shown = ask(secret, "GET", f"customers/{customer}")
    listed = ask(secret, "GET", "payment_methods", customer=customer, type="card")
    own = ask(secret, "GET", f"customers/{customer}/payment_methods")
    detached = ask(secret, "POST", f"payment_methods/{method.id}/detach")

    assert secret.startswith("ek_test_rlt")
    assert attached.json()["customer"] == customer
    assert shown.json()["id"] == customer
    assert [item["id"] for item in listed.json()["data"]] == [method.id]
    assert [item["id"] for item in own.json()["data"]] == [method.id]
    assert detached.json()["customer"] is None


@pytest.mark.attacks
def test_an_ephemeral_key_reaches_nobody_and_nothing_else(platform):
    mine, other = a_customer(platform), a_customer(platform)
    secret = customer_sessions.create_key(tenant=platform, customer=mine, at=now())[1]
    card = {"token": "tok_visa"}
    loose = payment_methods.create(tenant=platform, card=card, at=now()).id
    theirs = payment_methods.create(tenant=platform, card=card, at=now()).id
    payment_methods.attach(tenant=platform, method_id=theirs, customer_id=other, at=now())

    for method, path, params in (
        ("GET", f"customers/{other}", {}),
        ("GET", f"customers/{other}/payment_methods", {}),
        ("GET", "payment_methods", {"customer": other}),
        ("GET", "payment_methods", {}),
        ("POST", f"payment_methods/{loose}/attach", {"customer": other}),
        ("POST", f"payment_methods/{loose}/detach", {}),
        ("POST", f"payment_methods/{theirs}/detach", {}),
        ("POST", f"customers/{mine}", {"name": "Mallory"}),
        ("DELETE", f"customers/{mine}", {}),
        ("GET", "customers", {}),
        ("GET", "charges", {"customer": mine}),
        ("GET", "payment_intents", {"customer": mine}),
        ("POST", "ephemeral_keys", {"customer": mine}),
        ("POST", "refunds", {"customer": mine}),
        ("GET", "balance", {}),
        ("GET", "files", {}),
        ("GET", "products", {}),
    ):
        answer = ask(secret, method, path, **params)
        assert answer.status_code == 403, (method, path, answer.content)
        assert answer.json()["error"]["code"] == "secret_key_required"


def test_an_ephemeral_key_ends_after_an_hour_or_at_once(platform):
    key, customer, at = a_key(platform), a_customer(platform), now()
    first, second = (ask(key, "POST", "ephemeral_keys", customer=customer).json() for _ in "ab")

    ended = ask(key, "DELETE", f"ephemeral_keys/{first['id']}").json()

    assert ("secret" in ended, ended["expires"] <= second["created"] + 1) == (False, True)
    assert second["expires"] - second["created"] == 3600
    assert ask(first["secret"], "GET", f"customers/{customer}").status_code == 401
    assert ask(second["secret"], "GET", f"customers/{customer}").status_code == 200
    ApiKey.objects.filter(id=second["id"]).update(expires_at=at)
    assert ask(second["secret"], "GET", f"customers/{customer}").status_code == 401
    assert ask(key, "DELETE", f"ephemeral_keys/{a_key_id(platform)}").status_code == 404


def a_key_id(tenant: Tenant) -> str:
    return api_keys.create(tenant=tenant, at=now())[0].id


def test_keys_of_payers_are_not_among_the_merchants_own(platform):
    customer_sessions.create_key(tenant=platform, customer=a_customer(platform), at=now())

    assert api_keys.list_keys(tenant=platform, at=now()) == []
    with pytest.raises(InvalidRequest, match="customer"):
        api_keys.create(tenant=platform, kind="ephemeral", at=now())


def test_what_ended_a_day_ago_is_cleared_away(platform):
    customer, at = a_customer(platform), now()
    customer_sessions.create_key(tenant=platform, customer=customer, at=at - timedelta(days=2))
    customer_sessions.create_key(tenant=platform, customer=customer, at=at)

    assert ApiKey.objects.filter(kind="ephemeral").count() == 1
