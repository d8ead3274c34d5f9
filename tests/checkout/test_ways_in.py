"""Whose keys reach the shop, and requests that come twice."""

import pytest
from django.test import Client

from accounts.models import KeyKind
from checkout.catalog.services import prices, products, shipping_rates, tax_rates
from checkout.discounts.services import coupons, promotion_codes
from checkout.links.services import links
from core import ids, request_context
from core.request_context import RequestContext
from tests.checkout.shop import asking
from tests.factories import a_key, a_platform, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


def test_each_family_has_a_permission_of_its_own(platform):
    shop = asking(a_key(platform))
    cost = {"product_data": {"name": "Tea"}, "currency": "usd", "unit_amount": 5}
    where = f"prices/{shop('POST', 'prices', **cost)['id']}"
    narrow = a_key(platform, kind=KeyKind.RESTRICTED, permissions={"prices": "read"})
    public = a_key(platform, kind=KeyKind.PUBLISHABLE)

    shop("GET", where, key=narrow)
    shop("GET", where, key=narrow, status=403, **{"expand[]": "product"})
    shop("POST", where, key=narrow, status=403, nickname="Small")
    for path in ("products", "coupons", "promotion_codes", "tax_rates", "shipping_rates"):
        shop("GET", path, key=narrow, status=403)
    shop("GET", where, key=public, status=403)

    assert shop("GET", where)["nickname"] is None


def test_a_request_that_is_sent_twice_makes_one(platform):
    headers = {"Authorization": f"Bearer {a_key(platform)}", "Idempotency-Key": "once"}
    first, second = (
        Client().post(
            "/v1/coupons", {"percent_off": 25}, content_type="application/json", headers=headers
        )
        for _ in range(2)
    )

    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert len(asking(a_key(platform))("GET", "coupons")["data"]) == 1


def test_a_request_that_was_cut_off_finds_what_it_has_made(platform):
    coupon = coupons.create(tenant=platform, percent_off_bps=5_00, at=now()).public_id
    cost = {"product_data": {"name": "Tea"}, "currency": "usd", "unit_amount": 5}
    dear = cost | {"unit_amount": 5_00}
    fixed = {"amount": 5, "currency": "usd"}
    makes = (
        lambda: products.create(tenant=platform, name="Tea", at=now()),
        lambda: prices.create(tenant=platform, **cost, at=now()),
        lambda: coupons.create(tenant=platform, percent_off_bps=5_00, at=now()),
        lambda: promotion_codes.create(tenant=platform, coupon_id=coupon, at=now()),
        lambda: tax_rates.create(
            tenant=platform, display_name="VAT", percentage="7", is_inclusive=True, at=now()
        ),
        lambda: shipping_rates.create(
            tenant=platform, display_name="Post", fixed_amount=fixed, at=now()
        ),
        lambda: links.create(tenant=platform, line_items=[{"price_data": dear}], at=now()),
    )

    for make in makes:
        suffix = ids.new_suffix()
        with request_context.working_for(RequestContext(id_suffix=suffix)):
            first = make()
        with request_context.working_for(RequestContext(id_suffix=suffix, is_recovery=True)):
            assert make() == first
        assert type(first).objects.filter(id=first.id).count() == 1
