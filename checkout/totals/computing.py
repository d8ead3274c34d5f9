"""A cart becomes amounts: discounts first, then taxes, then shipping; never a float.

Rounded, half up, are: a line, once, after its quantity; each discount, once, over the lines that
it reaches; each tax, once a line. What is shared out goes by largest remainder.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import chain

from checkout.totals.parts import (
    Discount,
    DiscountShare,
    Line,
    LineTotals,
    Shipping,
    ShippingTotals,
    Tax,
    TaxShare,
    Totals,
)
from core import money

_NO_SHIPPING = Shipping(0)


def compute(
    lines: Sequence[Line],
    discounts: Sequence[Discount] = (),
    shipping: Shipping | None = None,
    *,
    step: int = 1,
) -> Totals:
    """Compute what a cart comes to.

    Args:
        lines: The items.
        discounts: Each takes from what those before it have left.
        shipping: The way of shipping; None for none.
        step: Of what every amount is a multiple: 10 where the wire wants a last digit of 0.

    Raises:
        ValueError: If an amount, quantity or percentage is negative, a discount is no discount, or
            two parts of one kind have one key.
    """
    shipping = shipping or _NO_SHIPPING
    _check(lines, discounts, shipping)
    # In the order of their keys, so that no tie depends on the order in which they came.
    ordered = sorted(lines, key=lambda line: line.key)
    subtotals = [_amount(line, step) for line in ordered]
    shares = _take(ordered, subtotals, discounts, step)
    parts = {
        line.key: _line(line, subtotal, share, step)
        for line, subtotal, share in zip(ordered, subtotals, shares, strict=True)
    }
    return _add_up([parts[line.key] for line in lines], discounts, _ship(shipping, step))


def _check(lines: Sequence[Line], discounts: Sequence[Discount], shipping: Shipping) -> None:
    amounts: list[int | Decimal] = [shipping.amount]
    for line in lines:
        amounts += [line.unit_amount, line.quantity]
    for taxes in (*(line.taxes for line in lines), shipping.taxes):
        amounts += [tax.percentage for tax in taxes]
        _check_keys(taxes)
    if any(amount < 0 for amount in amounts):
        raise ValueError("No amount, quantity or percentage of a cart is negative.")
    _check_keys(lines)
    _check_keys(discounts)
    for discount in discounts:
        off = [n for n in (discount.percent_off, discount.amount_off) if n is not None]
        if len(off) != 1 or off[0] < 0 or (discount.percent_off or 0) > 100:
            raise ValueError("A discount takes an amount off, or a percentage up to 100.")


def _check_keys(parts: Sequence[Line | Discount | Tax]) -> None:
    if len({part.key for part in parts}) < len(parts):
        raise ValueError("No two lines, discounts, or taxes of a line have one key.")


def _amount(line: Line, step: int) -> int:
    return _share(line.quantity, Decimal(line.unit_amount), 1, step)


def _take(
    lines: Sequence[Line], subtotals: Sequence[int], discounts: Sequence[Discount], step: int
) -> list[list[DiscountShare]]:
    """Return what each discount takes off each line."""
    left = list(subtotals)
    taken: list[list[DiscountShare]] = [[] for _ in lines]
    for discount in discounts:
        weights = [
            amount if discount.products is None or line.product in discount.products else 0
            for line, amount in zip(lines, left, strict=True)
        ]
        reached = sum(weights)
        if not reached:
            continue
        if discount.percent_off is not None:
            off = _share(reached, discount.percent_off, 100, step)
        else:
            off = _share(discount.amount_off or 0, Decimal(1), 1, step)
        # Every weight is a multiple of the step, and so is what is shared out.
        for i, units in enumerate(money.split(min(off, reached) // step, weights)):
            if units:
                left[i] -= units * step
                taken[i].append(DiscountShare(discount.key, units * step))
    return taken


def _line(line: Line, subtotal: int, shares: Sequence[DiscountShare], step: int) -> LineTotals:
    discount = sum(share.amount for share in shares)
    taxes, added = _tax(subtotal - discount, line.taxes, step)
    return LineTotals(
        key=line.key,
        amount_subtotal=subtotal,
        amount_discount=discount,
        amount_tax=sum(tax.amount for tax in taxes),
        amount_total=subtotal - discount + added,
        taxes=taxes,
        discounts=tuple(shares),
    )


def _ship(shipping: Shipping, step: int) -> ShippingTotals:
    amount = _share(shipping.amount, Decimal(1), 1, step)
    taxes, added = _tax(amount, shipping.taxes, step)
    return ShippingTotals(amount, sum(tax.amount for tax in taxes), amount + added, taxes)


def _tax(amount: int, taxes: Sequence[Tax], step: int) -> tuple[tuple[TaxShare, ...], int]:
    """Return what each rate comes to, and how much of it is added to the amount."""
    inside = sorted((tax for tax in taxes if tax.inclusive), key=lambda tax: tax.key)
    together = sum((tax.percentage for tax in inside), Decimal(0))
    top, bottom = together.as_integer_ratio()
    # Of 107 with 7 per cent inside, 7 in 107 are tax.
    contained = _half_up(amount * top, (100 * bottom + top) * step) * step
    net = amount - contained
    weights = _whole([tax.percentage for tax in inside])
    parts = money.split(contained // step, weights) if contained else [0] * len(inside)
    of = {tax.key: part * step for tax, part in zip(inside, parts, strict=True)}
    added = {tax.key: _share(net, tax.percentage, 100, step) for tax in taxes if not tax.inclusive}
    of |= added
    return tuple(TaxShare(tax.key, of[tax.key], net) for tax in taxes), sum(added.values())


def _add_up(
    lines: Sequence[LineTotals], discounts: Sequence[Discount], shipping: ShippingTotals
) -> Totals:
    off = {discount.key: 0 for discount in discounts}
    for line in lines:
        for share in line.discounts:
            off[share.key] += share.amount
    rates: dict[str, TaxShare] = {}
    for tax in chain(*(line.taxes for line in lines), shipping.taxes):
        before = rates.get(tax.key, TaxShare(tax.key, 0, 0))
        rates[tax.key] = TaxShare(
            tax.key, before.amount + tax.amount, before.taxable_amount + tax.taxable_amount
        )
    return Totals(
        subtotal=sum(line.amount_subtotal for line in lines),
        discount=sum(line.amount_discount for line in lines),
        tax=sum(line.amount_tax for line in lines) + shipping.amount_tax,
        shipping=shipping.amount_subtotal,
        total=sum(line.amount_total for line in lines) + shipping.amount_total,
        lines=tuple(lines),
        shipping_cost=shipping,
        taxes=tuple(rates[key] for key in sorted(rates)),
        discounts=tuple(DiscountShare(key, amount) for key, amount in off.items()),
    )


def _share(amount: int, part: Decimal, whole: int, step: int) -> int:
    """Return so many of a whole of an amount, rounded half up to the step."""
    top, bottom = part.as_integer_ratio()
    return _half_up(amount * top, bottom * whole * step) * step


def _half_up(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)


def _whole(percentages: Sequence[Decimal]) -> list[int]:
    """Return whole numbers that stand to each other as percentages do."""
    ratios = [percentage.as_integer_ratio() for percentage in percentages]
    common = 1
    for _, bottom in ratios:
        common *= bottom
    return [top * (common // bottom) for top, bottom in ratios]
