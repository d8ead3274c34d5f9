"""What a cart comes to, in figures that an accountant checks by hand, and of ten thousand carts."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from checkout.totals import Discount, Line, Shipping, Tax, compute

VAT = Tax("txr_vat", Decimal("7"), inclusive=True)
SALES = Tax("txr_sales", Decimal("8.875"), inclusive=False)


def test_two_shirts_and_a_mug_cost_what_they_cost():
    cart = [Line("a", 2000, 2, "shirt"), Line("b", 950, 1, "mug")]

    totals = compute(cart)

    # 2 x 20.00 + 9.50
    assert (totals.subtotal, totals.discount, totals.tax, totals.total) == (4950, 0, 0, 4950)


def test_sales_tax_is_added_to_what_is_left_after_the_discount():
    cart = [Line("a", 10_000, 1, "chair", (SALES,))]

    totals = compute(cart, [Discount("ten", percent_off=Decimal(10))])

    # 100.00 less 10.00 is 90.00; 8.875 per cent of that is 7.9875, rounded up to 7.99.
    assert (totals.discount, totals.tax, totals.total) == (1000, 799, 9799)
    assert totals.taxes[0].taxable_amount == 9000


def test_value_added_tax_lies_inside_the_price_and_changes_nothing_for_the_payer():
    cart = [Line("a", 10_700, 1, "chair", (VAT,))]

    totals = compute(cart)

    # Of 107.00 baht 7.00 are tax, on 100.00.
    assert (totals.subtotal, totals.tax, totals.total) == (10_700, 700, 10_700)
    assert totals.taxes[0].taxable_amount == 10_000


def test_an_amount_off_is_shared_out_in_proportion_and_to_the_last_cent():
    cart = [Line("a", 1000, 1, "x"), Line("b", 1000, 1, "y"), Line("c", 1000, 1, "z")]

    totals = compute(cart, [Discount("ten", amount_off=1000)])

    # 10.00 over three equal lines: 3.34, 3.33, 3.33.
    assert [line.amount_discount for line in totals.lines] == [334, 333, 333]
    assert (totals.discount, totals.total) == (1000, 2000)


def test_a_discount_for_one_product_leaves_the_others_as_they_are():
    cart = [Line("a", 2000, 1, "shirt"), Line("b", 3000, 1, "coat")]

    totals = compute(
        cart, [Discount("half", percent_off=Decimal(50), products=frozenset({"coat"}))]
    )

    assert [line.amount_discount for line in totals.lines] == [0, 1500]
    assert totals.total == 3500


def test_a_discount_of_more_than_the_cart_makes_it_free_and_no_cheaper():
    cart = [Line("a", 800, 1, "mug", (SALES,))]

    totals = compute(cart, [Discount("gift", amount_off=2000)])

    assert (totals.discount, totals.tax, totals.total) == (800, 0, 0)
    assert totals.discounts[0].amount == 800


def test_a_second_discount_takes_from_what_the_first_left():
    cart = [Line("a", 10_000, 1, "chair")]
    ten, five = Discount("ten", percent_off=Decimal(10)), Discount("five", amount_off=500)

    totals = compute(cart, [ten, five])

    assert [share.amount for share in totals.discounts] == [1000, 500]
    assert totals.total == 8500


def test_two_taxes_inside_a_price_share_what_is_inside_it():
    state = Tax("a_state", Decimal(5), inclusive=True)
    city = Tax("b_city", Decimal("2.5"), inclusive=True)

    totals = compute([Line("a", 1000, 1, "meal", (state, city))])

    # 7.5 in 107.5 of 10.00 are 0.70, two thirds of it the state's.
    assert [tax.amount for tax in totals.taxes] == [47, 23]
    assert (totals.tax, totals.total) == (70, 1000)


def test_a_tax_on_top_of_one_inside_is_computed_without_it():
    levy = Tax("levy", Decimal(10), inclusive=False)

    totals = compute([Line("a", 10_700, 1, "room", (VAT, levy))])

    assert {tax.key: tax.amount for tax in totals.taxes} == {"levy": 1000, "txr_vat": 700}
    assert totals.total == 11_700


def test_shipping_has_its_own_tax_and_no_discount():
    cart = [Line("a", 5000, 1, "lamp", (SALES,))]
    half = Discount("half", percent_off=Decimal(50))

    totals = compute(cart, [half], Shipping(1000, (SALES,)))

    # 25.00 + 2.22 for the lamp (2.21875 rounded up), 10.00 + 0.89 for its way (0.8875).
    assert (totals.shipping, totals.shipping_cost.amount_total) == (1000, 1089)
    assert (totals.tax, totals.total) == (311, 3811)
    assert totals.taxes[0].amount == 311


def test_parts_of_a_cent_are_rounded_once_after_the_quantity():
    cart = [Line("a", Decimal("0.05"), 30, "megabyte")]

    totals = compute(cart)

    # 30 x 0.05 cents are 1.5 cents, which is 2.
    assert totals.total == 2


def test_yen_have_no_smaller_coin():
    cart = [Line("a", 101, 1, "tea", (Tax("ct", Decimal(10), inclusive=True),))]

    totals = compute(cart, [Discount("half", percent_off=Decimal(50))])

    # Half of 101 yen is 50.5, so 51 are off; 10 in 110 of the other 50 are 4.55, so 5.
    assert (totals.discount, totals.tax, totals.total) == (51, 5, 50)


def test_the_last_digit_of_three_stays_nought_where_the_wire_wants_it():
    cart = [Line("a", 12_340, 1, "oil", (Tax("vat", Decimal(5), inclusive=False),))]

    totals = compute(cart, [Discount("third", percent_off=Decimal("33.3"))], step=10)

    # 12.340 dinars less 4.110, and 0.410 on top of 8.230.
    assert (totals.discount, totals.tax, totals.total) == (4110, 410, 8640)


def test_what_is_no_cart_is_refused():
    line = Line("a", 1, 1, "x")

    for lines, discounts in (
        ([replace(line, unit_amount=-1)], []),
        ([line, line], []),
        ([line], [Discount("none")]),
        ([line], [Discount("much", percent_off=Decimal(101))]),
    ):
        with pytest.raises(ValueError, match=r"\."):
            compute(lines, discounts)


def test_of_ten_thousand_carts_the_parts_add_up_in_any_order():
    draw = Random(20_261_130)

    for number in range(10_000):
        step, rates, lines, discounts, shipping = _cart(draw)
        totals = compute(lines, discounts, shipping, step=step)

        _assert_adds_up(totals, {rate.key for rate in rates if rate.inclusive}, step)
        if number % 5 == 0:
            again = compute(lines[::-1], discounts, shipping, step=step)
            assert replace(again, lines=again.lines[::-1]) == totals


def _cart(draw):
    step = draw.choice((1, 1, 1, 10))
    rates = [
        Tax(f"t{i}", Decimal(draw.randrange(0, 2600)) / 100, inclusive=draw.random() < 0.5)
        for i in range(3)
    ]
    lines = [
        Line(
            f"l{i}",
            Decimal(draw.randrange(10**7)) / 1000
            if draw.random() < 0.2
            else draw.randrange(5000) * step,
            draw.randrange(0, 9),
            draw.choice("xyz"),
            tuple(draw.sample(rates, draw.randrange(0, 3))),
        )
        for i in range(draw.randrange(0, 5))
    ]
    discounts = [
        Discount(
            f"d{i}",
            products=draw.choice((None, frozenset("x"), frozenset("yz"))),
            **draw.choice(
                (
                    {"percent_off": Decimal(draw.randrange(0, 10_001)) / 100},
                    {"amount_off": draw.randrange(0, 20_000)},
                )
            ),
        )
        for i in range(draw.randrange(0, 3))
    ]
    shipping = draw.choice((None, Shipping(draw.randrange(2000) * step, tuple(rates[:1]))))
    return step, rates, lines, discounts, shipping


def _assert_adds_up(totals, inside, step):
    parts = (*totals.lines, totals.shipping_cost)
    added = sum(t.amount for part in parts for t in part.taxes if t.key not in inside)
    assert totals.total == totals.subtotal - totals.discount + totals.shipping + added
    assert totals.tax == sum(tax.amount for tax in totals.taxes)
    assert totals.discount == sum(share.amount for share in totals.discounts)
    assert totals.subtotal == sum(line.amount_subtotal for line in totals.lines)
    for line in totals.lines:
        assert 0 <= line.amount_discount <= line.amount_subtotal
        within = sum(tax.amount for tax in line.taxes if tax.key in inside)
        assert 0 <= within <= line.amount_subtotal - line.amount_discount
        figures = (line.amount_subtotal, line.amount_discount, line.amount_tax, line.amount_total)
        assert min(figures) >= 0
        assert not any(figure % step for figure in figures)
