from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import CurrencyMismatch, InexactAmount, Money, allocate, from_decimal
from payments.fees import processing_fee

amounts = st.integers(0, 10**12)


@given(amount=amounts, weights=st.lists(st.integers(0, 10_000), min_size=1).filter(any))
def test_a_split_never_loses_a_unit(amount, weights):
    parts = Money(amount, "usd").split(weights)

    assert sum(part.amount for part in parts) == amount
    total = sum(weights)
    assert all(
        abs(p.amount * total - amount * w) < total for p, w in zip(parts, weights, strict=True)
    )


@given(total=amounts, steps=st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_allocations_of_many_refunds_add_up_to_exactly_the_whole(total, steps):
    whole, done, refunded = sum(steps), 0, 0

    for step in steps:
        refunded += step
        share = allocate(total=total, part=refunded, whole=whole, done=done)
        assert share >= 0
        done += share
        assert done <= total

    assert done == total


def test_shares_are_rounded_half_up():
    assert Money(1_050, "usd").share_bps_half_up(1_000).amount == 105
    assert Money(5, "usd").share_bps_half_up(1_000).amount == 1
    assert processing_fee(amount=10_000, bps=290, fixed_amount=30) == 320
    assert processing_fee(amount=20, bps=290, fixed_amount=30) == 20


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        Money(1, "usd") + Money(1, "eur")


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("19.99", "usd", 1999), ("20", "jpy", 20), ("4.5", "kwd", 4500)],
)
def test_decimals_become_minor_units(text, currency, amount):
    assert from_decimal(Decimal(text), currency) == Money(amount, currency)
    assert Money(amount, currency).to_decimal() == Decimal(text)


def test_a_decimal_with_too_many_places_is_refused():
    with pytest.raises(InexactAmount):
        from_decimal(Decimal("0.005"), "usd")


@pytest.mark.parametrize("amount", [1.0, "1", True])
def test_an_amount_is_an_integer_and_nothing_else(amount):
    with pytest.raises(TypeError):
        Money(amount, "usd")
