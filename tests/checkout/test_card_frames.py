"""Whose card fields our pages and forms show, and what becomes of the tokens that they make."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from checkout import pages
from checkout.hosted import card_frames
from core.tenant import Tenant
from payments.models import Charge, PaymentMethod
from processors import registry
from processors.accounts import snapshot
from processors.accounts.snapshot import Listed
from processors.protocols.accounts import RailAccount
from tests.books import assert_books_balance
from tests.checkout.shopping import Shop
from tests.factories import a_key, a_platform
from tests.payments.tokens_of_processors import (
    DescribingRail,
    FieldsRail,
    taking_live_tokens,
    taking_tokens,
)
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db

PAY = {"email": "ada@example.com", "method": "card", "action": "pay"}


@pytest.fixture
def live():
    """A merchant in live mode, whose payments an account with card fields takes."""
    shop = Shop()
    shop.tenant = Tenant(shop.tenant.account_id, livemode=True)
    shop.key = a_key(shop.tenant)
    with taking_live_tokens(rail=FieldsRail):
        yield shop


@contextmanager
def behind(name, rail):
    """Put an account of live mode behind the others."""
    held = snapshot.current()
    own = Listed(RailAccount(name, name, livemode=True))
    before = registry.register(name, lambda account: rail())
    snapshot.hold(replace(held, accounts={**held.accounts, name: own}))
    yield
    snapshot.hold(held)
    registry.register(name, before)


def page_of(session, **form):
    address = pages.address(session["id"]).partition("//")[2].partition("/")[2]
    return Client().post(f"/{address}", form) if form else Client().get(f"/{address}")


def frame_of(page):
    found = re.search(r'data-address="([^"]+)"', page.content.decode())
    return found[1] if found else None


def processor_of(address):
    frame = card_frames.read(address.rpartition("/")[2])
    return frame.processor if frame else None


def test_a_live_page_shows_the_processors_fields_and_charges_what_they_make(live):
    session = live.session()

    with CaptureQueriesContext(connection) as queries:
        page = page_of(session)
    policy = page["Content-Security-Policy"]
    empty = page_of(session, **PAY, card_token="")
    done = page_of(session, **PAY, card_token="live-one:once_visa")

    assert "frame-src 'self'; " in policy
    assert re.search(r"script-src 'nonce-[\w-]+'; ", policy)
    assert "fields.example" not in policy
    assert len(queries) <= 12
    assert processor_of(frame_of(page)) == "live-one"
    assert b'name="card_number"' not in page.content
    assert (empty.status_code, b"Please fill this in." in empty.content) == (422, True)
    assert (done.status_code, live.read(session)["payment_status"]) == (303, "paid")
    assert (Charge.objects.get().processor, PaymentMethod.objects.get().last4) == (
        "live-one",
        "4242",
    )
    assert_books_balance()


def test_the_frame_allows_the_processor_and_nobody_else(live):
    frame = Client().get(frame_of(page_of(live.session())))

    assert frame["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self' https://fields.example; style-src 'self'; "
        "connect-src https://fields.example; frame-src https://fields.example; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    assert "X-Frame-Options" not in frame
    assert b'"processor": "live-one"' in frame.content
    assert b"pk_of_it" in frame.content
    assert live.key.encode() not in frame.content
    for forged in ("/card-fields/x", "/card-fields/WyJsaXZlLW9uZSIsdHJ1ZSxbXSxbXV0:1:x"):
        assert Client().get(forged).status_code == 404


def test_a_frame_whose_account_has_gone_says_so_and_loads_nothing(live):
    address = frame_of(page_of(live.session()))

    with taking_live_tokens(rail=DescribingRail):
        frame = Client().get(address)

    assert b'"module": null' in frame.content
    assert "script-src 'self'; " in frame["Content-Security-Policy"]
    assert "connect-src 'none'; frame-src 'none'" in frame["Content-Security-Policy"]


def test_a_live_page_without_fields_takes_no_card_and_says_it(live):
    with taking_live_tokens(rail=DescribingRail):
        session = live.session()
        page = page_of(session)
        refused = page_of(session, **PAY, card_number="4242424242424242")

    assert frame_of(page) is None
    assert b"Cards cannot be taken here at the moment." in page.content
    assert refused.status_code == 400
    assert not Charge.objects.exists()


def test_the_first_account_that_takes_the_payment_decides_and_live_the_next_with_fields(live):
    with behind("live-two", FieldsRail):
        assert processor_of(frame_of(page_of(live.session()))) == "live-one"
        with taking_live_tokens(rail=DescribingRail), behind("live-two", FieldsRail):
            assert processor_of(frame_of(page_of(live.session()))) == "live-two"


def test_a_token_is_charged_at_its_account_whoever_would_be_first(live):
    with behind("live-two", FieldsRail):
        session = live.session()
        done = page_of(session, **PAY, card_token="live-two:once_visa")

    assert done.status_code == 303
    assert Charge.objects.get().processor == "live-two"
    assert_books_balance()


@pytest.mark.parametrize("token", ["nowhere:once_visa", "simulator:once_visa", "once_visa", ":"])
def test_a_token_of_nobodys_is_refused_on_the_page(live, token):
    session = live.session()

    page = page_of(session, **PAY, card_token=token)

    assert page.status_code == 422
    assert b"This did not work." in page.content
    assert not Charge.objects.exists()


def test_a_declined_card_is_told_above_the_form_for_its_fields_are_elsewhere(live):
    session = live.session()

    page = page_of(session, **PAY, card_token="live-one:once_chargeDeclinedExpiredCard")

    assert page.status_code == 422
    assert b"Your card has expired." in page.content
    assert frame_of(page)
    assert_books_balance()


def test_in_test_mode_our_fields_are_shown_where_the_first_account_has_none():
    shop = Shop()

    assert frame_of(page_of(shop.session())) is None
    with taking_tokens(FieldsRail()):
        page = page_of(shop.session())
        assert processor_of(frame_of(page)) == "simulator"
        assert b'name="card_number"' not in page.content


def test_forms_are_told_whose_fields_they_show_of_the_intent_or_of_what_it_is_to_be(live):
    key = a_key(live.tenant, kind="publishable")
    intent = live("POST", "payment_intents", amount=2000, currency="usd")
    setup = live("POST", "setup_intents")
    secrets = [("payment", intent["client_secret"]), ("setup", setup["client_secret"])]

    told = [
        ask(key, "GET", "elements/sessions", mode=mode, client_secret=secret).json()
        for mode, secret in secrets
    ] + [
        ask(key, "GET", "elements/sessions", mode="setup").json(),
        ask(key, "GET", "elements/sessions", mode="payment", amount=1, currency="usd").json(),
    ]
    wrong = ask(
        key, "GET", "elements/sessions", mode="payment", client_secret=f"{intent['id']}_secret_x"
    )
    strange = ask(
        a_key(Tenant(a_platform().account_id, livemode=True), kind="publishable"),
        "GET",
        "elements/sessions",
        mode="payment",
        client_secret=intent["client_secret"],
    )

    for one in told:
        assert one["card_fields"]["processor"] == "live-one"
        assert "card" in one["payment_method_types"]
    around = Client().get(told[0]["card_fields"]["address"])["Content-Security-Policy"]
    # No domain is registered, so no page but ours may hold it.
    assert around.endswith("frame-ancestors 'self'")
    assert (wrong.status_code, strange.status_code) == (404, 404)


def test_a_page_makes_a_payment_method_of_a_token_with_its_publishable_key(live):
    key = a_key(live.tenant, kind="publishable")
    card = {"token": "live-one:once_visa"}

    made = ask(key, "POST", "payment_methods", type="card", card=card)
    kept = ask(
        key,
        "POST",
        "confirmation_tokens",
        payment_method_data={"type": "card", "card": card, "billing_details": {}},
    )

    assert (made.status_code, made.json()["card"]["last4"]) == (200, "4242")
    assert kept.status_code == 200
