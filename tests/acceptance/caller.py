"""A platform that calls a running Rialto with the official package."""

from typing import Any

import stripe

from config.demo import sellers
from tests.acceptance.sdk import a_client

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}


class Caller:
    """A platform with the package in its hands."""

    def __init__(self, server: Any) -> None:
        self.account, self.key = server.new_platform()
        client, self.transport = a_client(server, self.key)
        self.raw = client
        self.v1 = client.v1
        self.server = server
        self._seller: str | None = None

    def with_key(self, key: str) -> stripe.StripeClient:
        return a_client(self.server, key)[0]

    @property
    def seller(self) -> str:
        if self._seller is None:
            self._seller = self.v1.accounts.create(
                {"type": "express", **sellers.details("Ada's Shop")}
            ).id
        return self._seller

    def pay(self, **more: Any) -> stripe.PaymentIntent:
        wanted = {"amount": 10_000, "currency": "usd", "payment_method": "pm_card_visa"}
        return self.v1.payment_intents.create({**wanted, "confirm": True, **more})
