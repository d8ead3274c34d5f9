"""What was made to be paid by an intent holds it, and hears of it within the same transaction."""

import pytest

from core.errors import CardError, InvalidRequest
from operations.unit_of_work import UnitOfWork
from payments.charges import holders
from payments.intents.services import authorizations, cancellation, payment_intents
from payments.models import PaymentIntent
from payments.setups.services import setup_intents
from tests.books import assert_books_balance
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db(transaction=True)

HOLDER_ID = "held_1"


class Basket:
    title = "basket"
    way_out = "Empty the basket instead."

    def __init__(self):
        self.heard = []
        self.refuses = False

    def begin(self, work, intent):
        if self.refuses:
            raise InvalidRequest("This basket is closed.")
        self.heard.append("begin")

    def hear(self, work, intent, event):
        self.heard.append(event)


@pytest.fixture
def basket():
    basket = Basket()
    holders.register("held", basket)
    return basket


def a_held_intent(platform, **columns):
    wanted = {"amount": 2000, "currency": "usd"} | columns
    with UnitOfWork(platform, at=now()) as work:
        return payment_intents.open_held(
            work, "pi_000000000000000000000001", held_by=HOLDER_ID, at=now(), **wanted
        )


def confirm(platform, intent, method="pm_card_visa", **more):
    return payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method=method, at=now(), **more
    )


def test_only_its_holder_confirms_changes_and_cancels_an_intent(basket):
    platform = a_platform()
    intent = a_held_intent(platform)

    for refused in (
        lambda: confirm(platform, intent),
        lambda: payment_intents.update(
            tenant=platform, intent_id=intent.id, changes={"amount": 1}, at=now()
        ),
        lambda: cancellation.cancel(tenant=platform, intent_id=intent.id, at=now()),
    ):
        with pytest.raises(InvalidRequest, match="Empty the basket instead") as caught:
            refused()
        assert caught.value.code == "payment_intent_unexpected_state"
    payment_intents.update(
        tenant=platform, intent_id=intent.id, changes={"description": "Words"}, at=now()
    )

    assert basket.heard == ["payment_intent.created"]
    cancellation.cancel(tenant=platform, intent_id=intent.id, held_by=HOLDER_ID, at=now())
    assert basket.heard[-1] == "payment_intent.canceled"


def test_a_holder_hears_of_a_decline_and_then_of_the_payment(basket):
    platform = a_platform()
    intent = a_held_intent(platform)

    with pytest.raises(CardError):
        confirm(platform, intent, "pm_card_chargeDeclined", held_by=HOLDER_ID)
    paid = confirm(platform, intent, held_by=HOLDER_ID)

    assert paid.status == "succeeded"
    assert basket.heard[1:] == [
        "begin",
        "payment_intent.payment_failed",
        "begin",
        "payment_intent.succeeded",
    ]
    assert_books_balance()


def test_nothing_is_charged_that_the_holder_does_not_want(basket):
    platform = a_platform()
    intent = a_held_intent(platform)
    basket.refuses = True

    with pytest.raises(InvalidRequest, match="closed"):
        confirm(platform, intent, held_by=HOLDER_ID)

    assert PaymentIntent.objects.get().latest_charge_id is None
    assert_books_balance()


def test_anybody_lets_an_authorisation_of_a_held_intent_go(basket):
    platform = a_platform()
    intent = a_held_intent(platform, capture_method="manual")
    confirm(platform, intent, held_by=HOLDER_ID)

    cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())

    assert basket.heard[-2:] == [
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
    ]
    with pytest.raises(InvalidRequest):
        authorizations.capture(tenant=platform, intent_id=intent.id, at=now())
    assert_books_balance()


def test_a_setup_intent_is_held_alike(basket):
    platform = a_platform()
    with UnitOfWork(platform, at=now()) as work:
        intent = setup_intents.open_held(
            work,
            "seti_000000000000000000000001",
            held_by=HOLDER_ID,
            at=now(),
        )
    wanted = {"tenant": platform, "intent_id": intent.id, "at": now()}

    with pytest.raises(InvalidRequest, match="basket"):
        setup_intents.confirm(**wanted, payment_method="pm_card_visa")
    with pytest.raises(InvalidRequest, match="basket"):
        setup_intents.cancel(**wanted)
    kept = setup_intents.confirm(**wanted, payment_method="pm_card_visa", held_by=HOLDER_ID)

    assert kept.status == "succeeded"
    assert basket.heard == ["setup_intent.created", "begin", "setup_intent.succeeded"]
