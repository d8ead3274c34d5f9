"""Sellers are paid by what they have a capability for, and payers offered nothing else."""

import pytest

from checkout.models import CheckoutSession
from payments.models import Charge, PaymentIntent, SetupIntent
from tests.books import assert_books_balance
from tests.checkout.shop import asking
from tests.factories import a_key, a_platform, a_seller

pytestmark = pytest.mark.django_db(transaction=True)

ORDER = {"amount": 10_00, "currency": "eur"}
LAMP = {"currency": "eur", "unit_amount": 10_00, "product_data": {"name": "Lamp"}}
CART = {
    "line_items": [{"price_data": LAMP, "quantity": 1}],
    "success_url": "https://shop.example.com",
}
IDEAL = {
    "payment_method_data": {"type": "ideal", "billing_details": {"name": "Ada"}},
    "return_url": "https://shop.example.com",
}
ONLY = {"payment_method_types": ["ideal"]}


@pytest.fixture(params=["charged for", "charging itself", "with its own key"])
def market(request):
    """Return how a platform asks for its seller, and the seller's id."""
    platform = a_platform()
    owner = a_seller(platform)
    seller = owner.account_id
    key = a_key(platform)
    if request.param == "with its own key":
        return asking(a_key(owner)), seller, {}, asking(key)
    if request.param == "charged for":
        return asking(key), seller, {"on_behalf_of": seller}, asking(key)
    return asking(key, seller), seller, {}, asking(key)


def test_a_seller_is_paid_by_what_it_has_a_capability_for(market):
    ask, seller, named, ask_platform = market
    of_data = {"payment_intent_data": named} if named else {}

    error = ask("POST", "payment_intents", 400, **ORDER, **named, **ONLY)
    unpaid = ask("POST", "checkout/sessions", 400, **CART, **of_data, **ONLY)
    refused = ask("POST", "payment_intents", 400, **ORDER, **named, **IDEAL, confirm=True)
    both = {"payment_method_types": ["card", "ideal"]}
    lines = {"line_items": CART["line_items"]}
    unpaid_too = ask("POST", "checkout/sessions", 400, **CART, **of_data, **both)
    link = ask("POST", "payment_links", 400, **lines, **named, **both)
    before = (PaymentIntent.objects.count(), CheckoutSession.objects.count())
    cards = ask("POST", "payment_intents", **ORDER, **named)
    session = ask("POST", "checkout/sessions", **CART, **of_data)
    setup = ask("POST", "setup_intents", **named)
    ask_platform("POST", f"accounts/{seller}/capabilities/ideal_payments", requested="true")
    paid = ask("POST", "payment_intents", **ORDER, **named, **IDEAL, confirm=True)
    wider = ask("POST", "checkout/sessions", **CART, **of_data)

    assert "ideal_payments" in error["message"]
    named_errors = (error, unpaid_too, link)
    assert all("ideal_payments" in one["message"] for one in named_errors)
    assert {one["param"] for one in (*named_errors, unpaid)} == {"payment_method_types"}
    assert (refused["param"], "ideal_payments" in refused["message"]) == ("payment_method", True)
    assert before == (0, 0)
    assert cards["payment_method_types"] == session["payment_method_types"] == ["card"]
    assert setup["payment_method_types"] == ["card"]
    assert paid["status"] == "requires_action"
    assert wider["payment_method_types"] == ["card", "ideal"]
    assert_books_balance()


def test_a_capability_that_is_lost_meanwhile_takes_no_payment(market):
    ask, seller, named, ask_platform = market
    path = f"accounts/{seller}/capabilities/"
    ask_platform("POST", f"{path}ideal_payments", requested="true")
    intent = ask("POST", "payment_intents", **ORDER, **named)
    card = ask("POST", "payment_intents", **ORDER, **named)

    ask_platform("POST", f"{path}ideal_payments", requested="false")
    bank = ask("POST", f"payment_intents/{intent['id']}/confirm", 400, **IDEAL)
    ask_platform("POST", f"{path}ideal_payments", requested="true")
    ask_platform("POST", f"{path}card_payments", requested="false")
    plain = ask("POST", f"payment_intents/{card['id']}/confirm", 400, payment_method="pm_card_visa")

    assert (bank["code"], bank["param"]) == ("payment_intent_invalid_parameter", "payment_method")
    assert plain["param"] == "payment_method"
    assert Charge.objects.count() == 0
    assert_books_balance()


def test_what_is_offered_follows_the_capabilities(market):
    ask, seller, named, ask_platform = market
    path = f"accounts/{seller}/capabilities/ideal_payments"
    of_data = {"payment_intent_data": named} if named else {}
    intent = ask("POST", "payment_intents", **ORDER, **named)
    setup = ask("POST", "setup_intents", **named)
    session = ask("POST", "checkout/sessions", **CART, **of_data)
    paths = [f"payment_intents/{intent['id']}", f"setup_intents/{setup['id']}"]
    paths.append(f"checkout/sessions/{session['id']}")
    lists = ["payment_intents", "setup_intents", "checkout/sessions"]

    def offered():
        alone = [ask("GET", one)["payment_method_types"] for one in paths]
        listed = [ask("GET", one)["data"][0]["payment_method_types"] for one in lists]
        updated = ask("POST", paths[0], metadata={"a": "b"})["payment_method_types"]
        methods = ask("GET", "payment_method_configurations")["data"][0]
        is_paid_so = methods["ideal"]["available"] or bool(named)
        assert alone == listed
        assert updated == alone[0]
        assert len({"ideal" in one for one in [*alone, updated]}) == 1
        return "ideal" in alone[0], is_paid_so

    before = offered()
    ask_platform("POST", path, requested="true")
    wider = offered()
    only = ask("POST", "payment_intents", **ORDER, **named, payment_method_types=["ideal", "card"])
    ask_platform("POST", path, requested="false")
    narrower = offered()
    left = ask("GET", f"payment_intents/{only['id']}")

    assert before == narrower == (False, bool(named))
    assert wider == (True, True)
    assert left["payment_method_types"] == ["card"]


def test_a_platform_needs_none():
    ask = asking(a_key(a_platform()))

    own = ask("POST", "payment_intents", **ORDER)
    ask("POST", "setup_intents")

    assert {"card", "ideal", "bancontact"} <= set(own["payment_method_types"])
    assert SetupIntent.objects.get().lacking_types is None
