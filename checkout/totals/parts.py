"""What a cart is made of, and what it comes to."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """A rate of tax.

    Args:
        key: What tells it from other rates, such as `txr_...`.
        percentage: Such as `Decimal("7")`; not negative.
        inclusive: True if prices contain it.
    """

    key: str
    percentage: Decimal
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a cart.

    Args:
        key: What tells it from other lines; it decides ties, so that their order does not.
        unit_amount: Minor units of one piece; a `Decimal` where a piece costs parts of them.
        quantity: Pieces; 0 for an optional item that was not taken.
        product: What a discount may be limited to, such as `prod_...`.
        taxes: The rates that apply.
    """

    key: str
    unit_amount: int | Decimal
    quantity: int
    product: str
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True)
class Discount:
    """Something off.

    Args:
        key: What tells it from other discounts, such as a coupon's id.
        percent_off: Of what the lines still cost; up to 100. None for an amount.
        amount_off: Minor units, used up to what the lines cost. None for a percentage.
        products: The products it is limited to; None for all.
    """

    key: str
    percent_off: Decimal | None = None
    amount_off: int | None = None
    products: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Shipping:
    """The way of shipping that the payer chose. Discounts do not reach it.

    Args:
        amount: Minor units.
        taxes: The rates that apply.
    """

    amount: int
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one rate comes to.

    Args:
        key: The rate's.
        amount: Minor units.
        taxable_amount: What it was computed from, without any tax.
    """

    key: str
    amount: int
    taxable_amount: int


@dataclass(frozen=True, slots=True)
class DiscountShare:
    """What one discount takes off, in minor units."""

    key: str
    amount: int


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What one line comes to, in minor units.

    Args:
        key: The line's.
        amount_subtotal: Before discounts and taxes; with taxes that its price contains.
        amount_discount: Taken off.
        amount_tax: All taxes, also those that its price contains.
        amount_total: What the payer pays for it.
        taxes: Each rate.
        discounts: Each discount that takes something off.
    """

    key: str
    amount_subtotal: int
    amount_discount: int
    amount_tax: int
    amount_total: int
    taxes: tuple[TaxShare, ...]
    discounts: tuple[DiscountShare, ...]


@dataclass(frozen=True, slots=True)
class ShippingTotals:
    """What shipping comes to, in minor units. See `LineTotals`."""

    amount_subtotal: int = 0
    amount_tax: int = 0
    amount_total: int = 0
    taxes: tuple[TaxShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What a cart comes to, in minor units.

    Args:
        subtotal: Of the lines, before discounts and taxes.
        discount: Taken off them.
        tax: All taxes, of lines and shipping, also those that prices contain.
        shipping: Before taxes that are added to it.
        total: What the payer pays.
        lines: Each line, in the order given.
        shipping_cost: The parts of shipping.
        taxes: Each rate, over lines and shipping, in the order of their keys.
        discounts: Each discount, in the order given.
    """

    subtotal: int
    discount: int
    tax: int
    shipping: int
    total: int
    lines: tuple[LineTotals, ...]
    shipping_cost: ShippingTotals
    taxes: tuple[TaxShare, ...]
    discounts: tuple[DiscountShare, ...]
