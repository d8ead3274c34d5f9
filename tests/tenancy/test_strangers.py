"""Another's object is simply missing: on every route, in every body, cursor and expansion."""

import re
from typing import Any

import pytest
from django.test import Client

from core.ids import new_id, prefix_of
from core.tenant import Tenant
from payments.customers.services import customers
from payments.intents.services import payment_intents
from payments.methods.services import payment_methods
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.tenancy.asking import WITH_ID, ask, filled, names_in

pytestmark = [pytest.mark.django_db, pytest.mark.attacks]

# What a POST must say to get past its own parameters.
BODIES = {
    "accounts/<str:account_id>/reject": {"reason": "fraud"},
    "accounts/<str:account_id>/external_accounts": {"external_account": "tok_visa_debit"},
    "customers/<str:customer_id>/balance_transactions": {"amount": -100, "currency": "usd"},
    "customers/<str:customer_id>/sources": {"source": "tok_visa"},
    "customers/<str:customer_id>/sources/<str:row_id>/verify": {"amounts": [32, 45]},
    "customers/<str:customer_id>/tax_ids": {"type": "eu_vat", "value": "DE123456789"},
    "elements/checkouts/<str:session_id>": {"client_secret": "cs_secret"},
    "elements/checkouts/<str:session_id>/confirm": {"client_secret": "cs_secret"},
    "elements/payment_methods/<str:method_id>/detach": {
        "customer_session_client_secret": "cuss_secret"
    },
    "payment_pages/<str:session_id>/confirm": {"payment_method": "pm_card_visa"},
    "payment_methods/<str:method_id>/attach": {"customer": "cus_000000000000000000000000"},
}


# What Rialto does not have, so that its owner doesn't see it either.
NEVER_SEEN = (
    "/cash_balance", "/cash_balance_transactions/<str:row_id>", "/sources/<str:row_id>",
    "/features/<str:id>",
)  # fmt: skip


def test_the_walk_finds_the_routes():
    assert len(WITH_ID) >= 35


@pytest.mark.parametrize("route", sorted({route for route, _ in WITH_ID}))
def test_every_id_in_a_url_has_an_object_to_be_tried_with(route, theirs):
    for name in names_in(route):
        id = theirs.get(f"{route.split('/')[0]}/{name}", theirs.get(name))
        assert id, f"{route}: add an object for {name} to `theirs`."


def test_the_owner_does_see_it(theirs, owner):
    """So that a stranger's 404 is not the answer to a wrong question."""
    for route, method in WITH_ID:
        if method == "GET" and not route.endswith(NEVER_SEEN):
            assert ask(owner, "GET", filled(route, theirs)).status_code == 200, route


@pytest.mark.parametrize(("route", "method"), WITH_ID, ids=lambda value: str(value))
def test_a_strangers_key_sees_a_real_id_as_it_sees_a_missing_one(route, method, theirs, stranger):
    missing = {name: new_id(prefix_of(id)) for name, id in theirs.items()}
    body = BODIES.get(route, {}) if method == "POST" else {}

    real = ask(stranger, method, filled(route, theirs), **body)
    none = ask(stranger, method, filled(route, missing), **body)

    assert real.status_code == none.status_code == 404
    assert _without_ids(real.content) == _without_ids(none.content)
    assert real.json()["error"]["code"] == "resource_missing"


FOREIGN = [
    ("payment_intents", {"amount": 1000, "currency": "usd"}, "customer", "customer_id"),
    ("payment_intents", {"amount": 1000, "currency": "usd"}, "payment_method", "method_id"),
    ("refunds", {}, "charge", "charge_id"),
    (
        "charges",
        {"amount": 1000, "currency": "usd", "source": "tok_visa"},
        "customer",
        "customer_id",
    ),
    ("test_helpers/confirmation_tokens", {}, "payment_method", "method_id"),
    (
        "payment_intents",
        {"amount": 1000, "currency": "usd", "confirm": True},
        "confirmation_token",
        "confirmation_tokens/token_id",
    ),
    ("setup_intents", {}, "customer", "customer_id"),
    ("setup_intents", {}, "payment_method", "method_id"),
    ("setup_intents", {}, "on_behalf_of", "account_id"),
    ("refunds", {}, "payment_intent", "intent_id"),
    ("transfers", {"amount": 1, "currency": "usd"}, "destination", "account_id"),
    ("payouts", {"amount": 1, "currency": "usd"}, "destination", "external_id"),
    ("customers", {}, "payment_method", "method_id"),
    ("payment_intents", {"amount": 1000, "currency": "usd"}, "on_behalf_of", "account_id"),
    ("file_links", {}, "file", "file_id"),
    ("ephemeral_keys", {}, "customer", "customer_id"),
    (
        "customer_sessions",
        {"components": {"buy_button": {"enabled": True}}},
        "customer",
        "customer_id",
    ),
]


@pytest.mark.parametrize(("path", "body", "param", "name"), FOREIGN)
def test_a_foreign_id_in_a_body_is_missing(path, body, param, name, theirs, stranger):
    answer = ask(stranger, "POST", path, **body, **{param: theirs[name]})
    none = ask(stranger, "POST", path, **body, **{param: new_id(prefix_of(theirs[name]))})

    assert answer.status_code == none.status_code == 400
    assert _without_ids(answer.content) == _without_ids(none.content)
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("name", ["account_id", "charge_id"])
def test_a_foreign_seller_cannot_be_paid(name, theirs, stranger):
    params = {"amount": 1000, "currency": "usd"}
    real, none = (
        ask(stranger, "POST", "payment_intents", **params, transfer_data={"destination": id})
        for id in (theirs[name], new_id(prefix_of(theirs[name])))
    )

    assert real.status_code == none.status_code == 400
    assert _without_ids(real.content) == _without_ids(none.content)
    assert real.json()["error"]["param"] == "transfer_data[destination]"


def test_foreign_ids_are_missing_to_whoever_has_objects_of_its_own(theirs):
    """Own intents, methods, customers, charges and sellers make nobody else's reachable."""
    mine = a_platform()
    key, seller = a_key(mine), a_seller(mine)
    paid = a_paid_intent(mine, payment_method="pm_card_bypassPending")
    waiting = payment_intents.create(tenant=mine, amount=1000, currency="usd", at=now())
    method = payment_methods.create(tenant=mine, card={"token": "tok_visa"}, at=now())
    customer = customers.create(tenant=mine, at=now())
    transfer = {"amount": 1, "currency": "usd", "destination": seller.account_id}
    tried = [
        (f"payment_intents/{waiting.id}", {}, "customer", "customer_id"),
        (f"payment_intents/{waiting.id}", {}, "payment_method", "method_id"),
        (f"payment_intents/{waiting.id}/confirm", {}, "payment_method", "method_id"),
        (f"payment_methods/{method.id}/attach", {}, "customer", "customer_id"),
        (f"charges/{paid.latest_charge_id}", {}, "customer", "customer_id"),
        ("transfers", transfer, "source_transaction", "charge_id"),
        (
            f"customers/{customer.id}",
            {},
            "invoice_settings[default_payment_method]",
            "method_id",
        ),
    ]
    for path, body, param, name in tried:
        real, none = (
            ask(key, "POST", path, **body, **_nested(param, id))
            for id in (theirs[name], new_id(prefix_of(theirs[name])))
        )
        assert real.status_code == none.status_code, (path, param, real.content)
        assert real.status_code in (400, 404), (path, param, real.content)
        assert _without_ids(real.content) == _without_ids(none.content)
        assert real.json()["error"]["code"] == "resource_missing"
        assert theirs[name] not in ask(key, "GET", "charges").content.decode()


def test_a_seller_of_mine_does_not_lead_to_anothers(theirs, platform):
    """Nor does acting for a seller, or being the seller, show the platform's own objects."""
    mine = a_platform()
    key, seller = a_key(mine), a_seller(mine)
    own_key = a_key(Tenant(theirs["account_id"], livemode=False))
    for path, name in (
        ("payment_intents", "intent_id"),
        ("charges", "charge_id"),
        ("refunds", "refund_id"),
        ("customers", "customer_id"),
        ("transfers", "transfer_id"),
        ("events", "event_id"),
        ("application_fees", "fee_id"),
        ("webhook_endpoints", "endpoint_id"),
        ("balance_transactions", "id"),
    ):
        assert ask(key, "GET", f"{path}/{theirs[name]}", seller.account_id).status_code == 404
        assert ask(own_key, "GET", f"{path}/{theirs[name]}").status_code == 404, path
        listed = ask(own_key, "GET", path, limit=100).json()["data"]
        assert theirs[name] not in [item["id"] for item in listed]


def test_filters_find_nothing_of_others(theirs, stranger):
    for path, filter, name in (
        ("payment_intents", "customer", "customer_id"),
        ("charges", "customer", "customer_id"),
        ("charges", "payment_intent", "intent_id"),
        ("refunds", "charge", "charge_id"),
        ("refunds", "payment_intent", "intent_id"),
        ("transfers", "destination", "account_id"),
        ("application_fees", "charge", "charge_id"),
        ("payment_methods", "customer", "customer_id"),
        ("balance_transactions", "source", "charge_id"),
        ("file_links", "file", "file_id"),
    ):
        real = ask(stranger, "GET", path, **{filter: theirs[name]})
        none = ask(stranger, "GET", path, **{filter: new_id(prefix_of(theirs[name]))})
        assert real.status_code == none.status_code
        assert _without_ids(real.content) == _without_ids(none.content)
        assert real.json().get("data", []) == []


def test_an_expansion_does_not_reach_the_other_sides_objects(theirs, owner):
    """A seller's payment names the platform's transfer, and its charge names the platform's."""
    own_key = a_key(Tenant(theirs["account_id"], livemode=False))
    transfer = ask(owner, "GET", f"transfers/{theirs['transfer_id']}").json()
    payment = transfer["destination_payment"]
    for path in ("source_transfer", "source_transfer.source_transaction", "application_fee"):
        answer = ask(own_key, "GET", f"charges/{payment}", expand=[path])
        body = answer.content.decode()
        assert answer.status_code in (200, 400), body
        if answer.status_code == 200:
            assert isinstance(answer.json()[path.split(".")[0]], str)
    lines = ask(own_key, "GET", "balance_transactions", expand=["data.source"])
    assert lines.status_code == 200, lines.content
    sources = [line["source"] for line in lines.json()["data"]]
    seen = {source["id"].partition("_")[0] for source in sources if isinstance(source, dict)}
    assert seen == {"py", "pyr"}


def test_the_other_mode_is_another_world(theirs, platform):
    live = a_key(Tenant(platform.account_id, livemode=True))
    for route, method in WITH_ID:
        if method != "GET" or route.startswith("accounts/"):
            continue
        missing = {name: new_id(prefix_of(id)) for name, id in theirs.items()}
        real, none = (ask(live, "GET", filled(route, ids)) for ids in (theirs, missing))
        assert real.status_code == none.status_code == 404, route
        assert _without_ids(real.content) == _without_ids(none.content)


@pytest.mark.parametrize(
    ("path", "name"), [("charges", "payment_id"), ("refunds", "payment_refund_id")]
)
def test_the_sellers_side_is_the_sellers(path, name, theirs, stranger, owner):
    seller = a_key(Tenant(theirs["account_id"], livemode=False))
    missing = new_id(prefix_of(theirs[name]))
    for key in (stranger, owner):
        real, none = (ask(key, "GET", f"{path}/{id}") for id in (theirs[name], missing))
        if key == stranger:
            assert real.status_code == none.status_code == 404
            assert _without_ids(real.content) == _without_ids(none.content)

    assert ask(seller, "GET", f"{path}/{theirs[name]}").status_code == 200


def test_acting_on_a_foreign_account_is_forbidden(theirs, stranger):
    headers = {"Authorization": f"Bearer {stranger}"}
    real, none = (
        Client().get("/v1/balance", headers=headers | {"Stripe-Account": account})
        for account in (theirs["account_id"], new_id("acct"))
    )

    assert real.status_code == none.status_code == 403
    assert _without_ids(real.content) == _without_ids(none.content)


def _nested(param: str, value: str) -> dict[str, Any]:
    outer, _, inner = param.rstrip("]").partition("[")
    return {outer: {inner: value}} if inner else {outer: value}


def _without_ids(body: bytes) -> bytes:
    return re.sub(rb"\b[a-z]+(?:_[a-z]+)?_[0-9A-Za-z]{24}\b", b"ID", body)
