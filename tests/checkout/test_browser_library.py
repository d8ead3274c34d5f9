"""The library and the frames that it puts into pages: who gets them, and who may hold them."""

import base64
import hashlib
import json
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from checkout.browser.services import library
from checkout.hosted import framing
from core.tenant import Tenant
from payments.method_types import codes
from payments.methods.services import domains
from tests.factories import a_key, a_platform, a_seller, now
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db

ANY_PAGE = "frame-ancestors *"


@pytest.fixture
def platform():
    return a_platform()


def frame(key, **more):
    return Client().get("/stripe.js/fields", {"key": key, **more})


def facts(page):
    found = re.search(
        r'<script id="facts" type="application/json">(.*?)</script>', page.content.decode()
    )
    return json.loads(found[1])


def public_key(tenant):
    return a_key(tenant, kind="publishable")


@pytest.mark.parametrize("address", ["/stripe.js", "/rialto.js", "/endive/stripe.js"])
def test_pages_of_any_origin_load_the_library_and_can_hold_it_to_its_hash(address):
    answer = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": answer["ETag"]})

    digest = base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
    assert library.integrity() == f"sha384-{digest}"
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.cookies == {}
    assert again.status_code == 304


def test_the_library_frames_those_pages_of_ours_that_let_themselves_be_framed():
    listed = re.search(r"const FRAMED_PAGES = \[(.*)\];", library.text().decode())

    names = re.findall(r"'([^']+)'", listed[1])
    framed = {name for name in names if framing.nested(f"{settings.PUBLIC_URL}/{name}/x_1/key")}
    assert names == sorted({"3d-secure", *(method.type for method in codes.ALL)})
    assert framed == set(names)


def test_the_library_speaks_the_version_of_its_train_which_is_the_servers(settings):
    text = library.text().decode()

    assert f"RELEASE_TRAIN = '{library.TRAIN}'" in text
    assert f"API_VERSION = '{settings.API_VERSION}'" in text
    assert settings.API_VERSION.endswith(f".{library.TRAIN}")


def test_the_library_asks_nobody_but_where_it_came_from():
    named = set(re.findall(r"https?://[\w.-]+", library.text().decode()))

    assert named == set()


def test_in_test_mode_any_page_may_hold_the_fields_and_cards_are_typed(platform):
    key = public_key(platform)

    with CaptureQueriesContext(connection) as queries:
        page = frame(key)

    assert page["Content-Security-Policy"].endswith(ANY_PAGE)
    assert "X-Frame-Options" not in page
    assert (
        "script-src 'self'; style-src 'self'; connect-src 'self'" in page["Content-Security-Policy"]
    )
    told = facts(page)
    assert told["takes_card_numbers"]
    assert told["problem"] is None
    assert told["methods"]["sepa_debit"]["billing"] == ["name", "email"]
    assert len(queries) <= 2


def test_in_live_mode_only_registered_pages_hold_the_fields_and_no_card_is_typed(platform):
    live = Tenant(platform.account_id, livemode=True)
    key = public_key(live)
    before = frame(key)["Content-Security-Policy"]
    domains.register(tenant=live, domain_name="shop.example", at=now())
    domains.register(tenant=live, domain_name="old.example", enabled=False, at=now())

    page = frame(key)

    assert before.endswith("frame-ancestors 'none'")
    assert page["Content-Security-Policy"].endswith("frame-ancestors https://shop.example")
    told = facts(page)
    assert not told["takes_card_numbers"]
    assert told["no_cards"]["code"] == "feature_not_supported"


def test_fields_for_a_sellers_own_charges_stand_on_pages_of_the_platform(platform):
    live = Tenant(platform.account_id, livemode=True)
    seller = a_seller(platform)
    domains.register(tenant=live, domain_name="market.example", at=now())

    own = frame(public_key(platform), account=seller.account_id)
    strange = frame(public_key(platform), account=a_platform().account_id)

    assert facts(own)["problem"] is None
    assert facts(strange)["problem"]["code"] == "account_invalid"


@pytest.mark.parametrize("key", ["", "sk_test_1", "pk_test_1", "pk_live_1"])
def test_a_frame_for_a_key_that_is_refused_says_why(key):
    page = frame(key)

    assert page.status_code == 200
    assert facts(page)["problem"]["type"] == "invalid_request_error"


def test_a_form_without_an_intent_hears_how_it_could_be_paid(platform):
    key = public_key(platform)

    def types(**params):
        return ask(key, "GET", "elements/sessions", **params).json().get("payment_method_types")

    offered = types(mode="payment", currency="eur")
    assert offered[:3] == ["card", "sepa_debit", "ideal"]
    assert types(mode="payment", currency="eur", capture_method="manual") == ["card", "klarna"]
    kept = ["card", "us_bank_account", "sepa_debit", "ideal", "bancontact"]
    assert types(mode="setup") == kept
    assert types(mode="payment") is None
    error = ask(key, "GET", "elements/sessions", mode="payment").json()["error"]
    assert (error["code"], error["param"]) == ("parameter_missing", "currency")


def test_a_configuration_decides_what_such_a_form_offers(platform):
    off = {"sepa_debit": {"display_preference": {"preference": "off"}}}
    made = ask(a_key(platform), "POST", "payment_method_configurations", name="Cards", **off).json()

    found = ask(
        public_key(platform),
        "GET",
        "elements/sessions",
        mode="payment",
        currency="eur",
        payment_method_configuration=made["id"],
    )

    assert found.json()["payment_method_types"][0] == "card"
    assert "sepa_debit" not in found.json()["payment_method_types"]


def test_a_form_with_a_customer_session_hears_what_may_be_shown_again(platform):
    secret, key = a_key(platform), public_key(platform)
    customer = ask(secret, "POST", "customers").json()["id"]
    for word in ("always", "limited"):
        card = {"token": "tok_visa"}
        made = ask(
            secret, "POST", "payment_methods", type="card", card=card, allow_redisplay=word
        ).json()
        ask(secret, "POST", f"payment_methods/{made['id']}/attach", customer=customer)

    def saved(**features):
        element = {"enabled": True, "features": features}
        wanted = {"customer": customer, "components": {"payment_element": element}}
        session = ask(secret, "POST", "customer_sessions", **wanted).json()["client_secret"]
        more = {"mode": "setup", "customer_session_client_secret": session}
        found = ask(key, "GET", "elements/sessions", **more).json()
        saving.append((found["payment_method_save"], found["payment_method_save_usage"]))
        return found["saved_payment_methods"]

    saving = []
    (shown,) = saved(payment_method_redisplay="enabled")
    both = ["always", "limited"]
    ended = {"mode": "setup", "customer_session_client_secret": "cuss_secret_1"}
    error = ask(key, "GET", "elements/sessions", **ended).json()["error"]

    assert (shown["card"]["brand"], shown["card"]["last4"]) == ("visa", "4242")
    assert {"customer", "metadata", "fingerprint"}.isdisjoint({*shown, *shown["card"]})
    assert saved() == []
    saved(payment_method_save="enabled", payment_method_save_usage="off_session")
    assert saving[1:] == [("disabled", None), ("enabled", "off_session")]
    filters = {"payment_method_allow_redisplay_filters": both}
    assert len(saved(payment_method_redisplay="enabled", **filters)) == 2
    assert error["param"] == "customer_session_client_secret"


@pytest.fixture
def kept(platform):
    """A customer with a saved card: the platform's key, the customer's id, and the card's."""
    secret = a_key(platform)
    customer = ask(secret, "POST", "customers").json()["id"]
    card = {"token": "tok_visa"}
    made = ask(
        secret, "POST", "payment_methods", type="card", card=card, allow_redisplay="always"
    ).json()["id"]
    ask(secret, "POST", f"payment_methods/{made}/attach", customer=customer)
    return secret, customer, made


def a_customer_session(secret, customer, **features):
    shown = {"payment_method_redisplay": "enabled", **features}
    element = {"payment_element": {"enabled": True, "features": shown}}
    session = ask(secret, "POST", "customer_sessions", customer=customer, components=element)
    return {"customer_session_client_secret": session.json()["client_secret"]}


def test_a_payer_removes_what_a_customer_session_shows_and_lets_it_remove(platform, kept):
    secret, customer, method = kept
    key, path = public_key(platform), f"elements/payment_methods/{method}/detach"
    may = a_customer_session(secret, customer, payment_method_remove="enabled")
    nobody = ask(secret, "POST", "customers").json()["id"]
    other = a_customer_session(secret, nobody, payment_method_remove="enabled")

    told = ask(key, "GET", "elements/sessions", mode="setup", **may).json()
    refused = [
        ask(key, "POST", path, **given).json()["error"]["code"]
        for given in ({}, a_customer_session(secret, customer), other, dict.fromkeys(may, "cuss_1"))
    ]
    foreign = ask(public_key(a_platform()), "POST", path, **may)
    removed = ask(key, "POST", path, **may)
    again = ask(key, "POST", path, **may)

    assert told["payment_method_remove"] == "enabled"
    assert refused == [
        "parameter_missing",
        "feature_not_supported",
        "resource_missing",
        "resource_missing",
    ]
    assert foreign.json()["error"]["code"] == "resource_missing"
    assert (removed.status_code, removed.json()["id"]) == (200, method)
    assert again.status_code in (400, 404)
    assert ask(secret, "GET", "payment_methods", customer=customer).json()["data"] == []


def test_a_payer_removes_what_a_checkout_shows_while_it_is_open(platform, kept):
    secret, customer, method = kept
    key, path = public_key(platform), f"elements/payment_methods/{method}/detach"
    lamp = {"currency": "usd", "unit_amount": 2000, "product_data": {"name": "Lamp"}}
    wanted = {
        "line_items": [{"price_data": lamp, "quantity": 1}],
        "ui_mode": "elements",
        "return_url": "https://shop.example.com/",
        "customer": customer,
    }
    options = {"saved_payment_method_options": {"payment_method_remove": "enabled"}}
    plain, ended, open_one = (
        ask(secret, "POST", "checkout/sessions", **wanted, **more).json()
        for more in ({}, options, options)
    )
    ask(secret, "POST", f"checkout/sessions/{ended['id']}/expire")
    texts = [plain["client_secret"], ended["client_secret"], f"{open_one['id']}_secret_x"]

    refused = [
        ask(key, "POST", path, checkout_session_client_secret=text).status_code for text in texts
    ]
    removed = ask(
        key, "POST", path, checkout_session_client_secret=open_one["client_secret"]
    ).json()

    assert all(status in (400, 404) for status in refused)
    assert removed["id"] == method
    assert ask(secret, "GET", "payment_methods", customer=customer).json()["data"] == []
