"""Payers who are nobody's customer: what they say has an end, and so has the place they hold."""

import copy
import json
from datetime import timedelta

import pytest

from checkout import erasure
from checkout.models import CheckoutSession, Coupon, PaymentLink
from checkout.sessions.services import expiry
from core.errors import CardError
from core.ids import new_id
from payments.intents.services import payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, PaymentIntent, Receipt
from tests.books import assert_books_balance, total
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.visitors import Visitor, one_place
from tests.factories import now
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

EUROS = [{"price_data": LAMP | {"currency": "eur"}}]
ENGRAVING = {"key": "name", "label": {"type": "custom", "custom": "Engraving"}, "type": "text"}


@pytest.fixture
def shop():
    return Shop()


def test_what_guests_say_is_erased_when_nobody_needs_it_any_more(shop):
    ada = {"customer_details": {"email": "ada@example.com", "name": "Ada Lovelace"}}
    kept = shop("POST", "customers", email="ada@example.com")["id"]
    bought = shop.session(metadata={"order": "7"}, custom_fields=[ENGRAVING])
    shop.complete(bought, **ada)
    gift = shop.session(line_items=[{"price_data": LAMP | {"unit_amount": 0}}])
    shop.complete(gift, **ada)
    late = shop.session(customer_email="ada@example.com")
    shop.expire(late)
    customers = shop.session(customer=kept)
    shop.complete(customers, **ada)
    ends = now() + timedelta(days=30)

    early = [erasure.erase_guests(at=at) for at in (now(), ends, ends + timedelta(days=1))]
    first = shop.read(bought)
    done = erasure.erase_guests(at=now() + timedelta(days=541))
    erased = [shop.read(one) for one in (bought, gift, late)]

    assert (early, done) == ([0, 1, 0], 2)
    assert first["customer_details"]["name"] == "Ada Lovelace"
    assert first["custom_fields"][0]["text"]["value"] == "a"
    assert [one["customer_details"] for one in erased] == [None] * 3
    assert [one["customer_email"] for one in erased] == [None] * 3
    assert erased[0]["custom_fields"][0]["text"]["value"] is None
    assert (erased[0]["metadata"], erased[0]["amount_total"]) == ({"order": "7"}, 20_00)
    assert shop.read(customers)["customer_details"]["name"] == "Ada Lovelace"
    told = Event.objects.filter(object_id__in=[one["id"] for one in (bought, gift, late)])
    assert told.count() == 3
    assert not any("ada@example.com" in json.dumps(event.data) for event in told)
    assert Receipt.objects.get(held_by=gift["id"]).email == ""
    assert_books_balance()


def test_however_many_sessions_are_due_one_run_erases_them_all(shop):
    session = shop.session(customer_email="ada@example.com")
    row = CheckoutSession.objects.get(id=session["id"])
    copies = [copy.copy(row) for _ in range(450)]
    for each in copies:
        each.id, each.erase_at, each.email = new_id("cs_test"), now(), "ada@example.com"
    CheckoutSession.objects.bulk_create(copies)

    erased = [erasure.erase_guests(at=now()) for _ in range(2)]

    assert erased == [450, 0]
    assert not CheckoutSession.objects.filter(email="ada@example.com").exists()
    assert_books_balance()


def test_a_payer_who_stays_away_at_the_bank_gives_the_last_place_back(shop):
    link = one_place(shop, line_items=EUROS)
    away = Visitor(link).pay(method="ideal", billing_name="Jenny")
    refused = Visitor(link).go_on()

    early = expiry.release_places(at=now() + timedelta(minutes=29))
    freed = expiry.release_places(at=now() + timedelta(minutes=31))
    again = expiry.release_places(at=now() + timedelta(minutes=31))
    paid = Visitor(link).pay()

    assert (away.status_code, refused.status_code, paid.status_code) == (303, 410, 303)
    assert (early, freed, again) == (0, 1, 0)
    gone = PaymentIntent.objects.order_by("created_at")[0]
    assert gone.status == "requires_payment_method"
    assert Charge.objects.filter(status="succeeded").count() == 1
    assert PaymentLink.objects.get().taken_count == 1
    assert total(shop.tenant, "eur") == 19_12
    assert_books_balance()


def test_an_attempt_that_fails_as_it_begins_takes_nothing(shop):
    coupon = shop("POST", "coupons", percent_off=50, max_redemptions=1)
    session = CheckoutSession.objects.get(
        id=shop.session(discounts=[{"coupon": coupon["id"]}])["id"]
    )
    link = PaymentLink.objects.get(id=one_place(shop)["id"])
    CheckoutSession.objects.filter(id=session.id).update(payment_link_id=link.id)
    path = f"test_helpers/checkout/sessions/{session.id}/complete"
    shop.ask("POST", path, payment_method="pm_card_chargeDeclined")
    session.refresh_from_db()

    with pytest.raises(CardError):
        payment_intents.confirm(
            tenant=shop.tenant,
            intent_id=session.payment_intent_id,
            payment_method="pm_card_authenticationRequired",
            session=ConfirmationOptions(refuses_actions=True),
            held_by=session.id,
            at=now(),
        )

    for row in (session, link):
        row.refresh_from_db()
    assert (session.is_paying, link.taken_count) == (False, 0)
    assert Coupon.objects.get().times_redeemed == 0
    assert shop.complete({"id": session.id})["payment_status"] == "paid"
    assert_books_balance()
