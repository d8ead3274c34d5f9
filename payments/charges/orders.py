"""What a payer ordered, as whatever holds the payment tells it for letters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One item of an order.

    Args:
        name: What it is called.
        quantity: Pieces.
        amount: Minor units of all pieces, before discounts and taxes on top.
    """

    name: str
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class OrderTax:
    """What one rate of tax comes to.

    Args:
        title: What it is called, such as `"VAT 7%"`.
        is_included: True if prices contain it, False if it is added to them.
        amount: Minor units.
    """

    title: str
    is_included: bool
    amount: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order and its parts, in minor units.

    The total is the subtotal, less the discount, with shipping and the taxes that are not included.

    Args:
        reference: What support finds it by, such as `cs_...`.
        payee_id: The account that the payer pays, `acct_...`.
        merchant: How the payer knows it.
        language: In which the payer read the page, such as `"th"`; None if nobody knows.
        currency: Of all amounts.
        lines: The items.
        subtotal: Of the items.
        discount: Taken off them.
        shipping: Before taxes on top; None if nothing is shipped.
        shipping_title: What the way of shipping is called.
        taxes: Each rate, shipping's among them.
        total: What the payer pays.
    """

    reference: str
    payee_id: str
    merchant: str
    language: str | None
    currency: str
    lines: tuple[OrderLine, ...]
    subtotal: int
    discount: int
    shipping: int | None
    shipping_title: str
    taxes: tuple[OrderTax, ...]
    total: int
