"""How often a coupon is redeemed, and by whom: counted right whoever comes at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from checkout.discounts.services import coupons, promotion_codes, redemptions
from checkout.models import Coupon, PromotionCode
from core.errors import InvalidRequest
from operations.unit_of_work import UnitOfWork
from payments.customers.services import customers
from tests.factories import a_paid_intent, a_platform, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def merchant():
    return a_platform()


def a_coupon(merchant, **details):
    details = details or {"percent_off_bps": 12_50}
    return coupons.create(tenant=merchant, at=now(), **details)


def a_code(merchant, coupon=None, **details):
    coupon = coupon or a_coupon(merchant)
    return promotion_codes.create(
        tenant=merchant, coupon_id=coupon.public_id, at=now(), **({"code": "SUMMER"} | details)
    )


def redeem(merchant, coupon, code=None):
    with UnitOfWork(merchant, at=now()) as work:
        redemptions.redeem(work, coupon, code)


def test_of_two_that_want_the_last_redemption_one_gets_it(merchant):
    coupon = a_coupon(merchant, percent_off_bps=10_00, max_redemptions=2)
    code = a_code(merchant, coupon, max_redemptions=1)
    together = Barrier(2)

    def try_to(_):
        together.wait()
        try:
            redeem(merchant, coupon, code)
        except InvalidRequest as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(map(str, pool.map(try_to, range(2))))

    assert answers == ["None", "coupon_expired"]
    coupon.refresh_from_db()
    code.refresh_from_db()
    assert (coupon.times_redeemed, code.times_redeemed) == (1, 1)


def test_a_redemption_that_came_to_nothing_is_there_again(merchant):
    coupon = a_coupon(merchant, percent_off_bps=10_00, max_redemptions=1)
    code = a_code(merchant, coupon)

    redeem(merchant, coupon, code)
    with pytest.raises(InvalidRequest, match="cannot be redeemed any more"):
        redeem(merchant, coupon)
    with UnitOfWork(merchant, at=now()) as work:
        redemptions.release(work, coupon, code)

    redeem(merchant, coupon, code)
    assert Coupon.objects.get().times_redeemed == PromotionCode.objects.get().times_redeemed == 1
    for type, flag in (("coupon.updated", "valid"), ("promotion_code.updated", "active")):
        told = [
            json.loads(event.data)
            for event in Event.objects.filter(type=type).order_by("created_at")
        ]
        before = [event["previous_attributes"] for event in told]
        was = [(one["times_redeemed"], one[flag]) for one in before]
        assert was == [(0, True), (1, False), (0, True)]
        assert [event["object"]["times_redeemed"] for event in told] == [1, 0, 1]


def test_what_is_deleted_or_switched_off_is_not_redeemed(merchant):
    coupon = a_coupon(merchant)
    code = a_code(merchant, coupon)

    promotion_codes.update(tenant=merchant, code_id=code.id, changes={"is_active": False}, at=now())
    with pytest.raises(InvalidRequest):
        redeem(merchant, coupon, code)
    coupons.delete(tenant=merchant, coupon_id=coupon.public_id, at=now())
    with pytest.raises(InvalidRequest):
        redeem(merchant, coupon)

    assert Coupon.objects.get().times_redeemed == 0


def test_a_payers_own_code_comes_before_one_for_all(merchant):
    ada = customers.create(tenant=merchant, at=now()).id
    coupon = a_coupon(merchant)
    everybodys, adas = a_code(merchant, coupon), a_code(merchant, coupon, customer=ada)

    def found(word, customer_id=None, at=None):
        code = redemptions.find(merchant, word, customer_id=customer_id, at=at or now())
        return code and code.id

    assert found(" summer ") == everybodys.id
    assert found("SUMMER", ada) == adas.id
    assert found("WINTER") is None
    coupons.delete(tenant=merchant, coupon_id=coupon.public_id, at=now())
    assert found("SUMMER") is None


def test_restrictions_are_checked_by_amount_customer_and_first_purchase(merchant):
    ada, bo = (customers.create(tenant=merchant, at=now()).id for _ in range(2))
    a_paid_intent(merchant, customer_id=bo)
    code = a_code(
        merchant,
        restrictions={
            "minimum_amount": 50_00,
            "minimum_amount_currency": "usd",
            "currency_options": {"eur": {"minimum_amount": 45_00}},
            "first_time_transaction": True,
        },
    )
    adas = a_code(merchant, customer=ada)

    def check(row, amount=50_00, currency="usd", customer_id=None, at=None):
        redemptions.check(
            row, amount=amount, currency=currency, customer_id=customer_id, at=at or now()
        )

    check(code)
    check(code, 45_00, "eur", ada)
    check(adas, customer_id=ada)
    with pytest.raises(InvalidRequest, match=r"for 50\.00 USD and more"):
        check(code, 49_99)
    with pytest.raises(InvalidRequest, match="in thb"):
        check(code, 5_000_00, "thb")
    with pytest.raises(InvalidRequest, match="first purchase"):
        check(code, customer_id=bo)
    with pytest.raises(InvalidRequest, match="another customer's"):
        check(adas, customer_id=bo)
    ended = a_code(merchant, code="OVER", expires_at=now() + timedelta(days=1))
    with pytest.raises(InvalidRequest, match="any more"):
        check(ended, at=now() + timedelta(days=2))


def test_what_is_off_is_told_in_the_currency_of_the_purchase(merchant):
    percent = a_coupon(merchant)
    options = {"eur": {"amount_off": 4_50}}
    amount = a_coupon(merchant, amount_off=5_00, currency="usd", currency_options=options)

    assert redemptions.terms(percent, "thb") == redemptions.Terms(Decimal("12.5"), None, None)
    assert redemptions.terms(amount, "eur").amount_off == 450
    with pytest.raises(InvalidRequest, match="nothing off in thb"):
        redemptions.terms(amount, "thb")
