"""A marketplace's day, played over HTTP with the official SDK."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from config.demo.expected import Expected, Order
from config.demo.listener import Listener
from config.demo.sellers import BY_HAND, details
from core.types import JsonObject

ORDERS = 40
# More than the refunds and transfers of a day took out of what is available.
OWN_SALES = ((2_500_00, "usd"), (1_200_00, "eur"), (120_000, "jpy"))
SELLERS = (
    "Ada's Ceramics", "Bruno's Bicycles", "Chiyo's Tea", "Dao's Silk", "Emre's Carpets",
    "Fatima's Spices", "Gus's Guitars", "Hanna's Honey", "Ines's Ink", "Jomo's Coffee",
)  # fmt: skip
DECLINES = {
    7: ("pm_card_chargeDeclined", "generic_decline"),
    19: ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    31: ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
}


class Surprise(Exception):
    """Something was not as it had to be."""


@dataclass
class Story:
    """The marketplace while it is played.

    Args:
        client: A `stripe.StripeClient` of the platform.
        platform: `acct_...`.
        tell: Called with a line after each step.
    """

    client: Any
    platform: str
    tell: Callable[[str], None]
    listener: Listener = field(default_factory=Listener)
    sellers: dict[str, str] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    expected_events: Counter[str] = field(default_factory=Counter)
    declined: int = 0

    def __post_init__(self) -> None:
        self.expected = Expected(self.platform)
        self.endpoints: list[str] = []

    def play(self) -> None:
        """Play it all.

        Raises:
            Surprise: If an answer is not as it had to be.
        """
        self.open_sellers()
        self.listen()
        self.take_orders()
        self.refund_some()
        self.transfer_by_hand()
        self.sell_as_platform()

    def open_sellers(self) -> None:
        """Ten sellers open accounts, and are paid out when they are told to be."""
        for name in SELLERS:
            account = self.client.v1.accounts.create(
                params={"type": "express", "settings": BY_HAND, **details(name)}
            )
            self.sellers[account.id] = name
            self.tell(f"{name} opened {account.id}")

    def listen(self) -> None:
        """The marketplace listens to its own events and to those of its sellers."""
        for is_connect in (False, True):
            endpoint = self.client.v1.webhook_endpoints.create(
                params={
                    "url": self.listener.url,
                    "enabled_events": ["*"],
                    "connect": is_connect,
                    "description": "The demo, while it runs",
                }
            )
            self.listener.secrets.append(endpoint.secret)
            self.endpoints.append(endpoint.id)

    def close(self) -> None:
        """Take the endpoints away, so that nothing is sent to a closed port."""
        for endpoint in self.endpoints:
            self.client.v1.webhook_endpoints.delete(endpoint)
        self.listener.close()

    def take_orders(self) -> None:
        """Forty orders: fee style, amount style and plain, in dollars and yen."""
        sellers = list(self.sellers)
        for number in range(ORDERS):
            currency = "jpy" if number % 4 == 3 else "usd"
            amount = 1_900 + 737 * number
            seller = sellers[number // 3 % len(sellers)]
            if number in DECLINES:
                self._decline(number, amount, currency, seller)
            else:
                self._order(number, amount, currency, seller)
        self.tell(f"{len(self.orders)} orders paid, {self.declined} declined")

    def _order(self, number: int, amount: int, currency: str, seller: str) -> None:
        params: JsonObject = {
            "amount": amount,
            "currency": currency,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "description": f"Order {number}",
            "metadata": {"order": str(number)},
        }
        fee = transfer = None
        if number % 3 == 0:
            fee, transfer = amount // 10, amount
            params |= {"application_fee_amount": fee, "transfer_data": {"destination": seller}}
        elif number % 3 == 1:
            transfer = amount * 85 // 100
            params["transfer_data"] = {"destination": seller, "amount": transfer}
        intent = self.client.v1.payment_intents.create(params=params)
        _require(intent.status == "succeeded", f"{intent.id} is {intent.status}")
        order = Order(intent.id, intent.latest_charge, seller, currency, amount, fee, transfer)
        self.orders.append(order)
        self.expected.add_payment(order)
        self.expected_events["payment_intent.succeeded"] += 1
        self.expected_events["transfer.created"] += transfer is not None
        self.expected_events["payment.created"] += transfer is not None
        self.expected_events["application_fee.created"] += fee is not None
        self.tell(f"Order {number}: {amount} {currency} for {self.sellers[seller]}")

    def _decline(self, number: int, amount: int, currency: str, seller: str) -> None:
        import stripe

        token, reason = DECLINES[number]
        try:
            self.client.v1.payment_intents.create(
                params={
                    "amount": amount,
                    "currency": currency,
                    "payment_method": token,
                    "confirm": True,
                    "transfer_data": {"destination": seller},
                }
            )
        except stripe.CardError as error:
            code = error.error.decline_code if error.error else None
            _require(code == reason, f"order {number}: {code} instead of {reason}")
        else:
            raise Surprise(f"order {number} had to be declined")
        self.declined += 1
        self.expected_events["payment_intent.payment_failed"] += 1
        self.tell(f"Order {number}: declined, {reason}")

    def refund_some(self) -> None:
        """Partial and full refunds, with and without each flag."""
        by_fee = [order for order in self.orders if order.fee is not None]
        by_amount = [order for order in self.orders if order.transfer and order.fee is None]
        for order, percent, reverse, fee_back in (
            (by_fee[0], 100, True, True),
            (by_fee[1], 33, True, True),
            (by_fee[1], 33, True, True),
            (by_fee[1], 34, True, True),
            (by_fee[2], 40, True, False),
            (by_fee[3], 25, False, True),
            (by_fee[4], 100, False, False),
            (by_amount[0], 100, True, False),
            (by_amount[1], 50, True, False),
            (by_amount[2], 50, False, False),
        ):
            self._refund(order, order.amount * percent // 100, reverse=reverse, fee_back=fee_back)

    def _refund(self, order: Order, amount: int, *, reverse: bool, fee_back: bool) -> None:
        params: JsonObject = {"payment_intent": order.intent, "amount": amount}
        params |= {"reverse_transfer": True} if reverse else {}
        params |= {"refund_application_fee": True} if fee_back else {}
        refund = self.client.v1.refunds.create(params=params)
        _require(refund.status == "succeeded", f"{refund.id} is {refund.status}")
        self.expected.add_refund(order, amount, reverse=reverse, fee_back=fee_back)
        self.expected_events["charge.refunded"] += 1
        self.tell(f"Refunded {amount} {order.currency} of {order.intent}")

    def transfer_by_hand(self) -> None:
        """A transfer out of a plain charge, and a part of it taken back."""
        order = next(order for order in self.orders if order.transfer is None)
        given, taken = order.amount * 6 // 10, order.amount // 10
        transfer = self.client.v1.transfers.create(
            params={
                "amount": given,
                "currency": order.currency,
                "destination": order.seller,
                "source_transaction": order.charge,
            }
        )
        self.expected.add_transfer(order, given)
        self.client.v1.transfers.reversals.create(transfer.id, params={"amount": taken})
        self.expected.add_transfer(order, -taken)
        self.expected_events["transfer.created"] += 1
        self.expected_events["transfer.reversed"] += 1
        self.tell(f"Transferred {given} {order.currency} by hand and took {taken} back")

    def sell_as_platform(self) -> None:
        """The marketplace's own sales, whose money can be transferred and paid out at once."""
        for amount, currency in OWN_SALES:
            intent = self.client.v1.payment_intents.create(
                params={
                    "amount": amount,
                    "currency": currency,
                    "confirm": True,
                    "payment_method": "pm_card_bypassPending",
                    "return_url": "https://example.com",
                }
            )
            _require(intent.status == "succeeded", f"{intent.id} is {intent.status}")
            self.expected.add_payment(
                Order(intent.id, intent.latest_charge, "", currency, amount, None, None)
            )
            self.expected_events["payment_intent.succeeded"] += 1
            self.tell(f"The marketplace sold something itself for {amount} {currency}")


def _require(holds: bool, what: str) -> None:  # noqa: FBT001  reads as a sentence
    if not holds:
        raise Surprise(what)
