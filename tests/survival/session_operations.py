"""Checkout sessions of a payment link with one place, and of a coupon with one redemption."""

from datetime import timedelta
from typing import Any

from django.test import Client

from checkout.models import CheckoutSession, Coupon, PaymentLink
from checkout.sessions.services import expiry
from tests.factories import now
from tests.survival.worlds import Ask, World

_LAMP = {"currency": "usd", "unit_amount": 100_00, "product_data": {"name": "Lamp"}}
_CART = {
    "line_items": [{"price_data": _LAMP, "quantity": 1}],
    "success_url": "https://shop.example.com",
}


def standing(world: World) -> list[Any]:
    """Return how a world's sessions, links and coupons stand."""
    mine = {"account_id": world.platform.account_id}
    sessions = CheckoutSession.objects.filter(**mine).order_by("id")
    links, coupons = (model.objects.filter(**mine) for model in (PaymentLink, Coupon))
    return [
        *sessions.values_list("status", "payment_status", "is_paying"),
        *links.values_list("completed_count", "taken_count", "is_active"),
        *coupons.values_list("times_redeemed", flat=True),
    ]


def _make(world: World, path: str, **params: Any) -> str:
    headers = {"Authorization": f"Bearer {world.key}"}
    answer = Client().post(f"/v1/{path}", params, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["id"])


def _a_session(world: World, *, percent_off: int = 50, currency: str = "usd") -> str:
    """Open a session at the only place of a link, with the only redemption of a coupon."""
    coupon = _make(world, "coupons", percent_off=percent_off, max_redemptions=1)
    cart = _CART | {"line_items": [{"price_data": _LAMP | {"currency": currency}, "quantity": 1}]}
    link = _make(
        world,
        "payment_links",
        line_items=cart["line_items"],
        restrictions={"completed_sessions": {"limit": 1}},
    )
    session = _make(
        world,
        "checkout/sessions",
        **cart,
        discounts=[{"coupon": coupon}],
        customer_creation="always",
        payment_intent_data={
            "transfer_data": {"destination": world.seller.account_id, "amount": 10_00}
        },
    )
    CheckoutSession.objects.filter(id=session).update(payment_link_id=link)
    return session


def a_session(world: World) -> Ask:
    """Open a session."""
    return lambda: world.post("checkout/sessions", **_CART)


def a_session_that_is_paid(world: World) -> Ask:
    """Pay a session."""
    session = _a_session(world)
    return lambda: world.post(f"test_helpers/checkout/sessions/{session}/complete")


def a_session_for_nothing(world: World) -> Ask:
    """Order for nothing."""
    session = _a_session(world, percent_off=100)
    return lambda: world.post(f"test_helpers/checkout/sessions/{session}/complete")


def an_expired_session(world: World) -> Ask:
    """Expire a session whose payer the bank asks."""
    session = _a_session(world)
    _make(
        world,
        f"test_helpers/checkout/sessions/{session}/complete",
        payment_method="pm_card_authenticationRequired",
    )
    return lambda: world.post(f"checkout/sessions/{session}/expire")


def a_session_that_expires(world: World) -> Ask:
    """Expire a session whose time is over."""
    session = _a_session(world)
    CheckoutSession.objects.filter(id=session).update(expires_at=now())
    return lambda: expiry.expire_due(at=now())


def a_place_that_is_released(world: World) -> Ask:
    """Give up an attempt whose payer has gone to its bank and has not come back."""
    session = _a_session(world, currency="eur")
    bank = {"type": "ideal", "billing_details": {"name": "Ada", "email": "ada@example.com"}}
    _make(
        world,
        f"test_helpers/checkout/sessions/{session}/complete",
        payment_method=_make(world, "payment_methods", **bank),
    )
    assert CheckoutSession.objects.filter(id=session, is_paying=True).update(
        paying_since=now() - timedelta(hours=1)
    )
    return lambda: expiry.release_places(at=now())


OPERATIONS = [
    a_session, a_session_that_is_paid, a_session_for_nothing, an_expired_session,
    a_session_that_expires, a_place_that_is_released,
]  # fmt: skip
ONE_BY_ONE = {a_session_that_expires, a_place_that_is_released}
