"""What the balances must be, computed here from the prices alone."""

from collections import defaultdict
from dataclasses import dataclass, field


def half_up(total: int, part: int, whole: int) -> int:
    """Return the share of `total` that `part` of `whole` has, halves rounded up."""
    return (2 * total * part + whole) // (2 * whole)


@dataclass
class Order:
    """A paid order, and what was given back of it so far.

    Args:
        intent: `pi_...`.
        charge: `ch_...`.
        seller: `acct_...`.
        currency: The currency of all amounts.
        amount: What the payer paid.
        fee: Fee style: the platform's cut; otherwise None.
        transfer: What the seller was given, before the cut; None for a plain charge.
    """

    intent: str
    charge: str
    seller: str
    currency: str
    amount: int
    fee: int | None
    transfer: int | None
    reversed_base: int = 0
    reversed: int = 0
    fee_base: int = 0
    fee_returned: int = 0


@dataclass
class Expected:
    """A second set of books, kept by simple arithmetic.

    Args:
        platform: The platform's name in it.
    """

    platform: str
    balances: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add_payment(self, order: Order) -> None:
        """A payer paid: processing is 2.9 % and 30, the split as agreed."""
        processing = half_up(order.amount, 290, 10_000) + 30
        self._add(self.platform, order, order.amount - processing)
        if order.transfer:
            cut = order.fee or 0
            self._add(self.platform, order, cut - order.transfer)
            self._add(order.seller, order, order.transfer - cut)

    def add_refund(self, order: Order, amount: int, *, reverse: bool, fee_back: bool) -> None:
        """The payer got some back, and whoever the flags name bears it."""
        self._add(self.platform, order, -amount)
        if reverse and order.transfer:
            order.reversed_base += amount
            share = half_up(order.transfer, order.reversed_base, order.amount) - order.reversed
            order.reversed += share
            self._move(order, share, to_platform=True)
        if fee_back and order.fee:
            order.fee_base += amount
            share = half_up(order.fee, order.fee_base, order.amount) - order.fee_returned
            order.fee_returned += share
            self._move(order, share, to_platform=False)

    def add_transfer(self, order: Order, amount: int) -> None:
        """The platform gave a seller a part of a plain charge; a negative part came back."""
        self._move(order, -amount, to_platform=True)

    def add_payout(self, seller: str, currency: str, amount: int) -> None:
        """A seller's bank got some of its balance."""
        self.balances[seller, currency] -= amount

    def _move(self, order: Order, amount: int, *, to_platform: bool) -> None:
        signed = amount if to_platform else -amount
        self._add(self.platform, order, signed)
        self._add(order.seller, order, -signed)

    def _add(self, owner: str, order: Order, amount: int) -> None:
        self.balances[owner, order.currency] += amount
