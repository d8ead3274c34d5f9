"""A payer goes from a cart to a payment, once, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checkout.models import CheckoutSession
from checkout.sessions.services import choices, expiry
from payments.inbound.services import challenges
from payments.inbound.services.challenges import Answer
from payments.models import Charge, PaymentIntent, SetupIntent
from tests.books import assert_books_balance
from tests.checkout.shop import asking, events_of
from tests.checkout.shopping import HOME, LAMP, Shop
from tests.factories import now
from tests.payments.test_hot_path import round_trips
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    return Shop()


def told(type):
    return Event.objects.filter(type=f"checkout.session.{type}").count()


def test_a_session_is_paid_by_an_intent_of_its_own(shop):
    session = shop.session(
        line_items=[{"price_data": LAMP, "quantity": 3}],
        payment_intent_data={"description": "Three lamps", "metadata": {"order": "7"}},
        metadata={"cart": "9"},
    )

    done = shop.complete(session)

    assert (session["status"], session["payment_status"]) == ("open", "unpaid")
    assert (session["amount_total"], session["currency"]) == (6000, "usd")
    assert (done["status"], done["payment_status"], done["url"]) == ("complete", "paid", None)
    intent = PaymentIntent.objects.get()
    assert (intent.amount, intent.status, intent.held_by) == (6000, "succeeded", session["id"])
    assert (intent.description, intent.metadata) == ("Three lamps", {"order": "7"})
    assert done["payment_intent"] == intent.id
    assert told("completed") == 1
    assert_books_balance()


def test_a_declined_payer_tries_again_on_the_same_session(shop):
    session = shop.session()
    path = f"test_helpers/checkout/sessions/{session['id']}/complete"

    status, wire = shop.ask("POST", path, payment_method="pm_card_chargeDeclined")
    still = shop.read(session)
    done = shop.complete(session)

    assert (status, wire["error"]["code"]) == (402, "card_declined")
    assert (still["status"], CheckoutSession.objects.get().is_paying) == ("open", False)
    assert done["payment_status"] == "paid"
    assert [c.status for c in Charge.objects.order_by("created_at")] == ["failed", "succeeded"]
    assert PaymentIntent.objects.count() == 1
    assert_books_balance()


def test_two_payers_at_once_pay_once(shop):
    session = shop.session()
    path = f"test_helpers/checkout/sessions/{session['id']}/complete"

    def pay(_):
        try:
            return shop.ask("POST", path)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as payers:
        answers = list(payers.map(pay, range(3)))

    assert 200 in answers
    assert Charge.objects.filter(status="succeeded").count() == 1
    assert told("completed") == 1
    assert_books_balance()


def test_a_payer_who_is_asked_by_the_bank_completes_it_there(shop):
    session = shop.session()

    waiting = shop.complete(session, payment_method="pm_card_authenticationRequired")
    intent = PaymentIntent.objects.get()
    status, wire = shop.ask("POST", f"payment_intents/{intent.id}/confirm")
    challenges.answer(challenges.open_of(shop.tenant, intent), Answer.AUTHENTICATED, at=now())

    assert (waiting["status"], intent.status) == ("open", "requires_action")
    assert (status, wire["error"]["code"]) == (400, "payment_intent_unexpected_state")
    assert shop.read(session)["payment_status"] == "paid"
    assert told("completed") == 1
    assert_books_balance()


def test_an_expired_session_takes_its_payers_challenge_along(shop):
    session = shop.session(after_expiration={"recovery": {"enabled": True}})
    shop.complete(session, payment_method="pm_card_authenticationRequired")

    gone = shop.expire(session)
    status, wire = shop.ask("POST", f"checkout/sessions/{session['id']}/expire")

    assert (gone["status"], gone["url"]) == ("expired", None)
    assert gone["after_expiration"]["recovery"]["url"]
    assert PaymentIntent.objects.get().status == "canceled"
    assert (status, told("expired")) == (400, 1)
    assert "status of expired" in wire["error"]["message"]
    assert_books_balance()


def test_a_session_expires_by_itself_and_where_it_is_read(shop):
    first, second = shop.session(), shop.session()
    CheckoutSession.objects.update(expires_at=now() - timedelta(seconds=1))

    seen = shop.read(first)
    expiry.expire_due(at=now())
    status, wire = shop.ask("POST", f"test_helpers/checkout/sessions/{second['id']}/complete")

    assert seen["status"] == shop.read(second)["status"] == "expired"
    assert (status, told("expired")) == (400, 2)
    assert "expired" in wire["error"]["message"]


def test_what_costs_nothing_needs_no_payment(shop):
    session = shop.session(line_items=[{"price_data": LAMP | {"unit_amount": 0}}])

    done = shop.complete(session)

    assert (done["status"], done["payment_status"]) == ("complete", "no_payment_required")
    assert PaymentIntent.objects.count() == 0
    assert told("completed") == 1


def test_a_bank_debit_completes_first_and_is_paid_days_later(shop):
    euros = LAMP | {"currency": "eur"}
    session = shop.session(line_items=[{"price_data": euros}], payment_method_types=["sepa_debit"])
    method = shop(
        "POST",
        "payment_methods",
        type="sepa_debit",
        sepa_debit={"iban": "DE89370400440532013000"},
        billing_details={"name": "Ada", "email": "ada@example.com"},
    )

    done = shop.complete(session, payment_method=method["id"])

    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    assert (told("completed"), told("async_payment_succeeded")) == (1, 0)
    assert_books_balance()


def test_an_authorisation_completes_and_is_paid_when_captured(shop):
    session = shop.session(payment_intent_data={"capture_method": "manual"})

    done = shop.complete(session)
    shop("POST", f"payment_intents/{done['payment_intent']}/capture")

    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    assert shop.read(session)["payment_status"] == "paid"
    assert told("async_payment_succeeded") == 0
    assert_books_balance()


def test_a_setup_session_saves_a_method_of_its_customer(shop):
    customer = shop("POST", "customers", email="ada@example.com")
    session = shop(
        "POST", "checkout/sessions", mode="setup", currency="usd", customer=customer["id"], **HOME
    )

    done = shop.complete(session)

    setup = SetupIntent.objects.get()
    assert (done["status"], done["payment_status"]) == ("complete", "no_payment_required")
    assert (done["setup_intent"], done["amount_total"]) == (setup.id, None)
    assert setup.payment_method.customer_id == customer["id"]


def test_a_customer_is_made_of_the_payer_where_the_merchant_wants_one(shop):
    session = shop.session(customer_creation="always")

    done = shop.complete(session, customer_details={"email": "ada@example.com", "name": "Ada"})

    customer = shop("GET", f"customers/{done['customer']}")
    assert (customer["email"], customer["name"]) == ("ada@example.com", "Ada")
    assert PaymentIntent.objects.get().customer_id == customer["id"]
    listed = shop("GET", "checkout/sessions", customer=customer["id"])
    assert [one["id"] for one in listed["data"]] == [session["id"]]


def test_the_official_command_line_plays_the_payer(shop):
    session = shop.session()
    method = shop(
        "POST",
        "payment_methods",
        type="card",
        card={"token": "tok_visa"},
        billing_details={"email": "stripe@example.com"},
    )

    page = shop("GET", f"payment_pages/{session['id']}")
    wrong = shop.ask(
        "POST",
        f"payment_pages/{page['id']}/confirm",
        payment_method=method["id"],
        expected_amount=1,
    )
    done = shop(
        "POST",
        f"payment_pages/{page['id']}/confirm",
        payment_method=method["id"],
        expected_amount=2000,
    )

    assert (wrong[0], wrong[1]["error"]["param"]) == (400, "expected_amount")
    assert (done["status"], done["customer_details"]["email"]) == ("complete", "stripe@example.com")


def test_lines_are_changed_until_somebody_pays(shop):
    session = shop.session(line_items=[{"price_data": LAMP}, {"price_data": LAMP, "quantity": 2}])
    lines = shop("GET", f"checkout/sessions/{session['id']}/line_items")["data"]

    changed = shop(
        "POST",
        f"checkout/sessions/{session['id']}",
        line_items=[{"id": lines[1]["id"], "quantity": 5}, {"price_data": LAMP}],
        metadata={"a": "b"},
    )
    after = shop("GET", f"checkout/sessions/{session['id']}/line_items")["data"]
    shop.complete(session)
    late = shop.ask("POST", f"checkout/sessions/{session['id']}", line_items=[{"price_data": LAMP}])
    words = shop("POST", f"checkout/sessions/{session['id']}", metadata={"a": "c"})

    assert (changed["amount_total"], changed["metadata"]) == (12_000, {"a": "b"})
    assert [(one["quantity"], one["amount_total"]) for one in after] == [(5, 10_000), (1, 2000)]
    assert (after[0]["id"], late[0], words["metadata"]) == (lines[1]["id"], 400, {"a": "c"})
    assert_books_balance()


@pytest.mark.parametrize(
    ("takes_codes", "before", "total", "after"),
    [
        # A code that was entered goes along where codes are taken again, and only there.
        (True, {"allow_promotion_codes": True}, 2000, True),
        (False, {"allow_promotion_codes": True}, 4000, False),
        # What the merchant gave is there again, unless the payer may enter something else.
        (False, {"discounts": True}, 2000, False),
        (True, {"discounts": True}, 4000, True),
    ],
)
def test_a_payer_takes_an_expired_order_up_again(shop, takes_codes, before, total, after):
    half = shop("POST", "coupons", percent_off=50)["id"]
    shop("POST", "promotion_codes", coupon=half, code="HALF")
    given = before | ({"discounts": [{"coupon": half}]} if "discounts" in before else {})
    session = shop.session(
        line_items=[{"price_data": LAMP, "quantity": 2}],
        after_expiration={"recovery": {"enabled": True, "allow_promotion_codes": takes_codes}},
        **given,
    )
    if "allow_promotion_codes" in given:
        choices.choose(
            tenant=shop.tenant, session_id=session["id"], promotion_code="HALF", at=now()
        )
    gone = shop.expire(session)
    address = gone["after_expiration"]["recovery"]["url"]
    [told] = events_of(asking(shop.key), "checkout.session.expired")

    answer = shop.client.get("/" + address.split("/", 3)[3])
    again = shop("GET", "checkout/sessions", status="open")["data"][0]

    assert told["data"]["object"]["after_expiration"]["recovery"]["url"] == address
    assert (answer.status_code, answer["Location"]) == (303, again["url"])
    assert (again["recovered_from"], again["amount_total"]) == (session["id"], total)
    assert again["allow_promotion_codes"] is after
    assert shop.complete(again)["payment_status"] == "paid"
    assert_books_balance()


def test_opening_a_session_asks_the_database_eight_times_at_most(shop):
    items = [{"price_data": LAMP, "quantity": n} for n in (1, 2, 3)]
    shop.session(line_items=items)

    with CaptureQueriesContext(connection) as asked:
        shop.session(line_items=items)

    assert len(asked) <= 8, [query["sql"][:90] for query in asked]
    # What the driver really sends, beginnings and ends of transactions included.
    assert round_trips(lambda: shop.session(line_items=items)) <= 8


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax[enabled]"),
        ({"invoice_creation": {"enabled": True}}, "invoice_creation[enabled]"),
        ({"managed_payments": {"enabled": True}}, "managed_payments[enabled]"),
        ({"subscription_data": {"trial_period_days": 1}}, "subscription_data"),
        ({"discounts": [{"coupon": "none"}]}, "discounts[0][coupon]"),
        ({"success_url": "shop"}, "success_url"),
        ({"expires_at": 1}, "expires_at"),
        ({"line_items": [{"price_data": LAMP | {"unit_amount": 10}}]}, "amount"),
        ({"line_items": []}, "line_items"),
        ({"ui_mode": "embedded"}, "return_url"),
        ({"customer": "cus_1", "customer_email": "ada@example.com"}, "customer_email"),
        ({"payment_intent_data": {"application_fee_amount": 5}}, "application_fee_amount"),
    ],
)
def test_what_cannot_be_is_refused_by_name(shop, params, param):
    wanted = {"line_items": [{"price_data": LAMP}], **HOME, **params}

    status, wire = shop.ask("POST", "checkout/sessions", **wanted)

    assert (status, wire["error"]["param"]) == (400, param)
    assert CheckoutSession.objects.count() == 0


def test_discounts_taxes_and_shipping_make_one_total_and_are_redeemed_once(shop):
    half = shop("POST", "coupons", percent_off=50, max_redemptions=1)
    vat = shop("POST", "tax_rates", display_name="VAT", percentage=10, inclusive=False)
    post = {"display_name": "Post", "fixed_amount": {"amount": 500, "currency": "usd"}}
    session = shop.session(
        line_items=[{"price_data": LAMP, "tax_rates": [vat["id"]]}],
        discounts=[{"coupon": half["id"]}],
        shipping_options=[{"shipping_rate_data": post}],
    )

    line = shop("GET", f"checkout/sessions/{session['id']}/line_items")["data"][0]
    listed = shop("GET", "checkout/sessions", **{"expand[]": "data.total_details.breakdown"})
    path = f"test_helpers/checkout/sessions/{session['id']}/complete"
    shop.ask("POST", path, payment_method="pm_card_chargeDeclined")
    free = shop("GET", f"coupons/{half['id']}")["times_redeemed"]
    done = shop.complete(session)

    # Half of 20.00, 1.00 of tax on it, 5.00 of shipping.
    assert session["amount_total"] == PaymentIntent.objects.get().amount == 1600
    assert session["total_details"] == {
        "amount_discount": 1000,
        "amount_shipping": 500,
        "amount_tax": 100,
    }
    assert (line["amount_total"], line["discounts"][0]["amount"]) == (1100, 1000)
    parts = listed["data"][0]["total_details"]["breakdown"]
    assert parts["discounts"] == line["discounts"]
    assert [
        (one["amount"], one["rate"]["id"], one["taxable_amount"]) for one in parts["taxes"]
    ] == [(100, vat["id"], 1000)]
    assert (free, shop("GET", f"coupons/{half['id']}")["times_redeemed"]) == (0, 1)
    assert done["payment_status"] == "paid"
    assert_books_balance()
