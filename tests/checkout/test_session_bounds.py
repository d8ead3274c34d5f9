"""What no payer, no second tab and no slow rail gets out of a session."""

from datetime import timedelta

import pytest

from checkout.models import CheckoutSession
from checkout.sessions.services import expiry
from core.tenant import Tenant
from payments.intents.services import attempt_errors, cancellation, payment_intents
from payments.models import PaymentIntent
from processors.protocols.base import Outcome, OutcomeStatus, ProcessorUnavailable
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.test_session_pages import VISA, Payer
from tests.factories import a_key, now
from tests.payments.scanning import again, press, time_passes
from tests.rails import losing_the_answer, simulator_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    return Shop()


def test_nothing_is_ordered_for_nothing(shop):
    lamp = {"price_data": LAMP, "quantity": 1, "adjustable_quantity": {"enabled": True}}
    session = shop.session(line_items=[lamp])
    line = shop("GET", f"checkout/sessions/{session['id']}/line_items")["data"][0]["id"]
    gift = shop("POST", "products", name="Gift")["id"]
    price = shop(
        "POST", "prices", currency="usd", product=gift, custom_unit_amount={"enabled": True}
    )
    chosen = shop.session(line_items=[{"price": price["id"], "quantity": 1}])

    emptied = Payer(session).send(**{f"quantity_{line}": "0", **VISA})
    free = Payer(chosen).send(expected_amount="0")
    status, wire = shop.ask("POST", f"checkout/sessions/{session['id']}", line_items=[])

    assert (emptied.status_code, free.status_code, status) == (422, 422, 400)
    assert wire["error"]["param"] == "line_items"
    assert {shop.read(one)["status"] for one in (session, chosen)} == {"open"}
    assert PaymentIntent.objects.count() == 0
    assert_books_balance()


def test_what_no_amount_name_or_number_can_be_stands_at_its_field(shop):
    gift = shop("POST", "products", name="Gift")["id"]
    price = shop(
        "POST",
        "prices",
        currency="usd",
        product=gift,
        custom_unit_amount={"enabled": True, "preset": 500},
    )
    session = shop.session(
        line_items=[{"price": price["id"], "quantity": 1}],
        phone_number_collection={"enabled": True},
        customer_creation="always",
    )
    line = shop("GET", f"checkout/sessions/{session['id']}/line_items")["data"][0]["id"]
    payer = Payer(session)

    answers = [
        payer.send(**{f"amount_{line}": amount, "phone": "5", **VISA})
        for amount in ("Infinity", "1e999999", "10,50", "nan")
    ]
    answers.append(payer.send(phone="9" * 21, **VISA))
    written = payer.send(**{f"amount_{line}": "1,050.50", "phone": "\x005", "action": "look"})

    assert {answer.status_code for answer in answers} == {422}
    assert (written.status_code, "1,050.50 USD" in written.text) == (200, True)
    assert PaymentIntent.objects.count() == 0


def test_the_number_of_a_card_is_taken_in_its_own_field_alone(shop):
    payer = Payer(shop.session())

    answer = payer.send(**{**VISA, "billing_name": "4242424242424242"})

    assert answer.status_code == 400
    assert "4242" not in CheckoutSession.objects.get().collected.__repr__()
    assert payer.send(**VISA).status_code == 303
    assert_books_balance()


def test_an_order_whose_money_is_authorised_does_not_expire(shop):
    session = shop.session(payment_intent_data={"capture_method": "manual"})
    stale = CheckoutSession.objects.get()
    shop.complete(session)
    stale.payment_intent_id = PaymentIntent.objects.get().id

    gone = expiry._let_go(stale, at=now())
    with pytest.raises(attempt_errors.UnexpectedState):
        cancellation.cancel(
            tenant=shop.tenant,
            intent_id=stale.payment_intent_id,
            held_by=stale.id,
            cancellation_reason="abandoned",
            at=now(),
        )

    assert not gone
    assert PaymentIntent.objects.get().status == "requires_capture"
    assert shop.read(session)["status"] == "complete"
    assert_books_balance()


def test_an_intent_learns_what_was_changed_after_a_decline(shop):
    session = shop.session(customer_creation="always")
    path = f"checkout/sessions/{session['id']}"
    shop.ask("POST", f"test_helpers/{path}/complete", payment_method="pm_card_chargeDeclined")
    changed = {"description": "Two", "metadata": {"order": "8"}}

    shop("POST", path, payment_intent_data=changed)
    shop.complete(session)

    intent = PaymentIntent.objects.get()
    assert (intent.description, intent.metadata) == ("Two", {"order": "8"})
    assert intent.customer_id == shop.read(session)["customer"]
    assert_books_balance()


def test_a_session_without_a_cart_has_none(shop):
    home = "https://shop.example.com"
    session = shop("POST", "checkout/sessions", mode="setup", currency="usd", success_url=home)

    status, wire = shop.ask(
        "POST", f"checkout/sessions/{session['id']}", line_items=[{"price_data": LAMP}]
    )

    assert (status, wire["error"]["param"]) == (400, "line_items")


def test_a_code_is_paid_on_the_page_and_another_amount_completes_nothing(shop):
    lamp = LAMP | {"currency": "thb", "unit_amount": 1_000_00}
    session = shop.session(
        line_items=[{"price_data": lamp, "quantity": 1}], payment_method_types=["promptpay"]
    )
    Payer(session).send(method="promptpay")
    intent = PaymentIntent.objects.get()

    with simulator_with(find=lambda *_: Outcome(OutcomeStatus.SUCCEEDED, "x", 1_00, "thb")):
        time_passes()
    waiting = (again(intent).status, shop.read(session)["status"])
    press(intent, "pay")

    assert waiting == ("requires_action", "open")
    done = shop.read(session)
    assert (done["status"], done["payment_status"]) == ("complete", "paid")
    assert_books_balance()


def test_answers_of_a_second_tab_do_not_change_a_payment_under_way(shop):
    session = shop.session(billing_address_collection="required")
    home = {"billing_name": "Ada", "billing_line1": "Here 1", "billing_country": "US"}
    lost = losing_the_answer("charge", ProcessorUnavailable("No answer."))

    with simulator_with(charge=lost):
        Payer(session).send(**home, **VISA)
    second = Payer(session).send(**{**home, "billing_name": "Bo"}, **VISA)

    assert PaymentIntent.objects.get().status == "processing"
    assert second.status_code == 422
    assert CheckoutSession.objects.get().collected["customer_details"]["name"] == "Ada"
    payment_intents.repair(at=now() + timedelta(minutes=5))
    assert shop.read(session)["payment_status"] == "paid"
    assert_books_balance()


def test_nobody_plays_the_payer_in_live_mode(shop):
    shop.key = a_key(Tenant(shop.tenant.account_id, livemode=True))

    for path in ("payment_pages/cs_live_1/confirm", "test_helpers/checkout/sessions/cs_1/complete"):
        status, wire = shop.ask("POST", path, payment_method="pm_card_visa")
        assert (status, "live mode" in wire["error"]["message"]) == (400, True)
