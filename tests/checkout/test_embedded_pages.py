"""The page of a session inside a merchant's own: who may frame it, and how it goes on there."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from checkout.hosted import framing
from checkout.models import CheckoutSession
from core.tenant import Tenant
from payments.methods.services import domains
from payments.models import PaymentIntent
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.test_session_pages import CARD, VISA, Payer
from tests.factories import a_key, a_platform, now
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db(transaction=True)

BACK = "https://shop.example.com/back?id={CHECKOUT_SESSION_ID}"
ASKS, DECLINED = "4000002760003184", "4000000000000002"


@pytest.fixture(scope="module")
def policy():
    return lambda page: page["Content-Security-Policy"].rpartition("; ")[2]


@pytest.fixture
def shop():
    return Shop()


def embedded(shop, **more):
    wanted = {"line_items": [{"price_data": LAMP, "quantity": 1}], "ui_mode": "embedded_page"}
    if more.get("redirect_on_completion") != "never":
        wanted["return_url"] = BACK
    return shop("POST", "checkout/sessions", **wanted | more)


def seen(shop, session, **more):
    key = a_key(shop.tenant, kind="publishable")
    secret = {"client_secret": session["client_secret"]} | more
    return ask(key, "GET", f"elements/checkouts/{session['id']}", **secret)


def payer_of(shop, session):
    return Payer({"url": seen(shop, session).json()["page"]})


def test_a_page_shows_the_session_whose_secret_it_has(shop):
    session = embedded(shop, ui_mode="embedded")
    hosted = shop.session()
    elsewhere = a_key(a_platform(), kind="publishable")
    secret = {"client_secret": session["client_secret"]}

    with CaptureQueriesContext(connection) as queries:
        found = seen(shop, session).json()

    assert (session["ui_mode"], session["url"]) == ("embedded_page", None)
    assert session["redirect_on_completion"] == "always"
    assert (found["object"], found["status"]) == ("elements_checkout", "open")
    assert found["page"].endswith("?framed=1")
    assert (found["session"], found["intent_secret"]) == (None, None)
    assert len(queries) <= 6
    assert seen(shop, session, client_secret="cs_test_1_secret_1").status_code == 404
    assert seen(shop, hosted, client_secret="None").status_code == 404
    path = f"elements/checkouts/{session['id']}"
    assert ask(elsewhere, "GET", path, **secret).status_code == 404


def test_a_page_that_knows_the_id_of_a_hosted_session_goes_to_it_while_it_is_open(shop):
    session, inside = shop.session(), embedded(shop)
    key = a_key(shop.tenant, kind="publishable")
    path = f"elements/checkouts/{session['id']}"

    found = ask(key, "GET", path).json()
    shop.expire(session)
    late = ask(key, "GET", path).json()
    silent = ask(key, "GET", f"elements/checkouts/{inside['id']}")

    assert (found["page"], found["session"]) == (session["url"], None)
    assert (late["page"], late["status"]) == (None, "expired")
    assert silent.json()["error"]["code"] == "parameter_missing"


def test_only_an_embedded_session_is_shown_in_a_frame(shop, policy):
    inside, whole = payer_of(shop, embedded(shop)), Payer(shop.session())

    framed = inside.look()
    whole.path += "?framed=1"

    assert policy(framed) == "frame-ancestors *"
    assert "script-src 'self'" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "checkout/embedded/page.js" in framed.text
    inside.path = inside.path.removesuffix("?framed=1")
    for page in (whole.look(), inside.look()):
        assert policy(page) == "frame-ancestors 'none'"
        assert page["X-Frame-Options"] == "DENY"
        assert "<script" not in page.text


def test_in_live_mode_only_the_merchants_own_pages_frame_it(shop, policy):
    live = Tenant(shop.tenant.account_id, livemode=True)
    domains.register(tenant=live, domain_name="pay.example.com", at=now())
    domains.register(tenant=live, domain_name="old.example.com", enabled=False, at=now())
    session = CheckoutSession(
        account_id=live.account_id, livemode=True, settings={"return_url": BACK}
    )
    staying = CheckoutSession(account_id=live.account_id, livemode=True, settings={})
    strange = CheckoutSession(account_id=a_platform().account_id, livemode=True, settings={})

    class Answer(dict):
        xframe_options_exempt = False

    answers = [Answer(), Answer(), Answer()]
    for answer, one in zip(answers, (session, staying, strange), strict=True):
        framing.protect(answer, "n", one)

    assert [policy(answer) for answer in answers] == [
        "frame-ancestors https://pay.example.com https://shop.example.com",
        "frame-ancestors https://pay.example.com",
        "frame-ancestors 'none'",
    ]


def test_a_payer_pays_inside_and_the_page_says_where_to_go(shop):
    session, ours = embedded(shop), embedded(shop, redirect_on_completion="if_required")
    payer, other = payer_of(shop, session), payer_of(shop, ours)

    declined = payer.send(card_number=DECLINED, **CARD)
    paid = payer.send(**VISA)
    done = payer.client.get(paid["Location"])
    other.send(**VISA)

    assert (declined.status_code, paid.status_code) == (422, 303)
    assert "framed=1" in paid["Location"]
    assert 'data-state="complete"' in done.text
    assert f'data-goes-to="{BACK.format(CHECKOUT_SESSION_ID=session["id"])}"' in done.text
    assert 'http-equiv="refresh"' not in done.text
    assert "data-goes-to" not in other.look().text
    assert shop.read(session)["payment_status"] == "paid"
    assert seen(shop, session).json()["status"] == "complete"
    assert_books_balance()


def test_the_bank_asks_inside_and_the_page_hears_of_the_answer(shop):
    payer = payer_of(shop, embedded(shop))
    path = payer.path.removesuffix("?framed=1")

    sent = payer.send(card_number=ASKS, **CARD)
    step = payer.client.get(sent["Location"])
    inside = step.text.partition('<iframe src="')[2].partition('"')[0]
    waiting = payer.client.get(f"{path}/status").json()
    bank = payer.client.get(inside)
    payer.client.post(inside, {"action": "decline"})
    failed = payer.client.get(f"{path}/status").json()
    again = payer.client.get(sent["Location"])

    assert inside.endswith("?framed=1")
    assert bank["Content-Security-Policy"].endswith("frame-ancestors *")
    assert (waiting, failed) == ({"state": "action"}, {"state": "open"})
    assert "data-leaves-to" not in step.text
    assert "Your bank could not confirm that it was you." in again.text
    assert payer.send(**VISA).status_code == 303
    assert payer.client.get(f"{path}/status").json() == {"state": "complete"}
    assert_books_balance()


def test_a_code_is_scanned_inside_and_the_page_hears_that_it_was_paid(shop):
    lamp = {"price_data": LAMP | {"currency": "thb", "unit_amount": 100_000}, "quantity": 1}
    payer = payer_of(shop, embedded(shop, line_items=[lamp], redirect_on_completion="never"))
    path = payer.path.removesuffix("?framed=1")

    sent = payer.send(method="promptpay")
    inside = payer.client.get(sent["Location"]).text.partition('<iframe src="')[2].partition('"')[0]
    payer.client.post(inside, {"action": "pay"})

    assert "/promptpay/ch_" in inside
    assert payer.client.get(f"{path}/status").json() == {"state": "complete"}
    assert 'data-state="complete"' in payer.client.get(sent["Location"]).text
    assert_books_balance()


def test_looking_asks_the_database_little(shop):
    payer = payer_of(shop, embedded(shop))
    path = payer.path.removesuffix("?framed=1")
    payer.send(card_number=ASKS, **CARD)

    counts = []
    for address in (payer.path, f"{path}/status"):
        with CaptureQueriesContext(connection) as queries:
            payer.client.get(address)
        counts.append(len(queries))

    assert counts == [3, 2]


def test_only_our_own_pages_for_one_payment_stand_inside(settings):
    settings.PUBLIC_URL = "https://pay.example"
    ours, other = "https://pay.example", "https://pay.example.evil.example"

    found = [
        bool(framing.nested(f"{origin}{path}"))
        for origin in (ours, other)
        for path in (
            "/3d-secure/tds_1/key",
            "/pix/ch_1/key",
            "/next-action/att_1/key",
            "/admin/ch_1",
        )
    ]

    assert found == [True, True, *[False] * 6]


def test_a_bank_that_stands_in_no_frame_is_gone_to_by_the_page_around(shop):
    lamp = {"price_data": LAMP | {"currency": "eur"}, "quantity": 1}
    session = embedded(shop, line_items=[lamp], redirect_on_completion="if_required")
    payer = payer_of(shop, session)
    path = payer.path.removesuffix("?framed=1")

    sent = payer.send(method="ideal")
    step = payer.client.get(sent["Location"])
    back = payer.client.get(f"{path}/return")

    assert 'data-leaves-to="' in step.text
    assert 'target="_top"' in step.text
    assert "<iframe" not in step.text
    assert back["Location"] == BACK.format(CHECKOUT_SESSION_ID=session["id"])
    assert shop.read(session)["status"] == "open"


def test_a_payer_who_never_leaves_is_offered_nothing_that_leads_away(shop):
    lamp = {"price_data": LAMP | {"currency": "eur"}, "quantity": 1}
    stays = {"line_items": [lamp], "redirect_on_completion": "never"}

    session = embedded(shop, **stays)
    payer_of(shop, session).send(**VISA)
    status, wire = shop.ask(
        "POST",
        "checkout/sessions",
        **stays | {"ui_mode": "embedded_page", "payment_method_types": ["ideal"]},
    )

    assert session["payment_method_types"] == ["card", "sepa_debit"]
    intent = PaymentIntent.objects.get()
    assert intent.automatic_payment_methods["allow_redirects"] == "never"
    assert (status, wire["error"]["param"]) == (400, "payment_method_types")
    assert_books_balance()


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"success_url": "https://shop.example.com/"}, "success_url"),
        ({"cancel_url": "https://shop.example.com/"}, "cancel_url"),
        ({"redirect_on_completion": "never"}, "return_url"),
        ({"ui_mode": "hosted", "success_url": BACK}, "return_url"),
    ],
)
def test_addresses_that_do_not_go_with_the_mode_are_refused(shop, asked, param):
    lamp = {"price_data": LAMP, "quantity": 1}
    wanted = {"line_items": [lamp], "ui_mode": "embedded", "return_url": BACK}

    status, wire = shop.ask("POST", "checkout/sessions", **wanted | asked)

    assert (status, wire["error"]["param"]) == (400, param)


def test_the_pages_without_a_frame_know_no_status_of_strangers(shop):
    payer = payer_of(shop, embedded(shop))
    path = payer.path.removesuffix("?framed=1")

    answer = Client().get(f"{path[:-3]}xyz/status")

    assert answer.status_code == 404
