"""Older integrations make sources of tokens, and charge or keep them."""

import pytest

from core.request_context import RequestContext, working_for
from payments.methods.services import older_sources
from payments.models import PaymentMethod
from tests.acceptance import annotations
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_platform, now
from tests.tenancy.asking import ask
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def key(platform):
    return a_key(platform)


def a_source(key, **params):
    return ask(key, "POST", "sources", **{"type": "card", "token": "tok_visa"} | params).json()


def pay(key, **params):
    return ask(key, "POST", "charges", amount=10_00, currency="usd", **params).json()


def test_a_source_is_charged_once_as_it_is(platform, key):
    source = a_source(key, owner={"email": "ada@example.com"}, metadata={"a": "1"})
    charge = pay(key, source=source["id"])
    again = pay(key, source=source["id"])["error"]
    after = ask(key, "GET", f"sources/{source['id']}").json()

    assert source["id"].startswith("src_")
    assert (source["status"], source["usage"], source["flow"]) == ("chargeable", "reusable", "none")
    assert (source["card"]["last4"], source["owner"]["email"]) == ("4242", "ada@example.com")
    assert annotations.faults(source, annotations.class_of(source)) == []
    assert charge["status"] == "succeeded"
    assert again["code"] == "payment_method_unexpected_state"
    assert after["status"] == "consumed"
    event = Event.objects.get(type="source.chargeable")
    assert (event.object_id, "client_secret" in event.data) == (source["id"], False)
    # 2.9 % of 10.00 and 0.30 is 0.59.
    assert total(platform) == 9_41
    assert_books_balance()


def test_a_source_that_a_customer_keeps_is_charged_again_and_again(platform, key):
    source = a_source(key)["id"]
    customer = ask(key, "POST", "customers", source=source, expand=["default_source"]).json()
    path = f"customers/{customer['id']}/sources"
    paid = [
        pay(key, customer=customer["id"]),
        pay(key, customer=customer["id"], source=source),
    ]
    alone = pay(key, source=source)["error"]
    changed = ask(key, "POST", f"sources/{source}", owner={"name": "Bo"}).json()
    listed = ask(key, "GET", path).json()["data"]
    gone = ask(key, "DELETE", f"{path}/{source}").json()

    assert customer["default_source"]["id"] == source
    assert [charge["status"] for charge in paid] == ["succeeded", "succeeded"]
    assert (alone["code"], alone["param"]) == ("parameter_missing", "customer")
    assert (changed["owner"]["name"], changed["customer"]) == ("Bo", customer["id"])
    assert listed == [changed]
    assert (gone["id"], gone["status"]) == (source, "consumed")
    assert ask(key, "GET", f"sources/{source}").json() == gone
    assert total(platform) == 2 * 9_41
    assert_books_balance()


def test_a_source_for_one_charge_is_no_customers(key):
    source = a_source(key, usage="single_use", amount=10_00, currency="usd")

    error = ask(key, "POST", "customers", source=source["id"]).json()["error"]

    customer = ask(key, "POST", "customers").json()["id"]
    attached = ask(key, "POST", f"payment_methods/{source['id']}/attach", customer=customer)

    assert (source["amount"], source["currency"], error["param"]) == (10_00, "usd", "source")
    assert attached.status_code == 400
    assert PaymentMethod.objects.get().customer is None


def test_a_page_sees_a_source_with_its_secret_only(platform, key):
    page = a_key(platform, kind="publishable")
    source = a_source(page)
    path, secret = f"sources/{source['id']}", source["client_secret"]

    seen = ask(page, "GET", path, client_secret=secret)

    assert seen.json()["status"] == "chargeable"
    assert ask(page, "GET", path).status_code == 400
    assert ask(page, "GET", path, client_secret=f"{secret}x").status_code == 404
    assert ask(page, "POST", path, metadata={"a": "1"}).status_code == 403
    assert ask(a_key(a_platform()), "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"type": "ach_debit"}, "feature_not_supported", "type"),
        ({"flow": "redirect"}, "feature_not_supported", "flow"),
        ({"redirect": {"return_url": "https://a.example"}}, "feature_not_supported", "redirect"),
    ],
)
def test_what_is_no_card_is_no_source(key, params, code, param):
    error = a_source(key, **params)["error"]

    assert (error["code"], error["param"]) == (code, param)
    assert not PaymentMethod.objects.exists()


def test_a_source_is_found_by_a_request_that_was_cut_off(platform, key):
    token = ask(
        key,
        "POST",
        "tokens",
        card={"number": "4242424242424242", "exp_month": 12, "exp_year": 2034},
    ).json()["id"]
    made = []
    for is_recovery in (False, True):
        with working_for(RequestContext(id_suffix="a" * 24, is_recovery=is_recovery)):
            made.append(older_sources.create(tenant=platform, token=token, at=now()).id)

    assert made == [PaymentMethod.objects.get().id] * 2
    assert Event.objects.filter(type="source.chargeable").count() == 1


def test_another_tenants_source_is_neither_charged_nor_kept(platform, key):
    source = a_source(key)["id"]
    stranger = a_key(a_platform())
    customer = ask(stranger, "POST", "customers").json()["id"]

    answers = [
        pay(stranger, source=source),
        pay(stranger, source=source, customer=customer),
        ask(stranger, "POST", f"customers/{customer}/sources", source=source).json(),
        ask(stranger, "POST", f"sources/{source}", metadata={"a": "1"}).json(),
    ]

    assert {answer["error"]["code"] for answer in answers} == {"resource_missing"}
    assert PaymentMethod.objects.get().used_at is None
    assert total(platform) == 0
    assert_books_balance()
