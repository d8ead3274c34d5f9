"""Days on which sellers sell, share orders and are paid out, each at its own rhythm."""

import time
from collections import Counter
from typing import Any

from config.demo.expected import Order
from config.demo.story import Story, Surprise

BANK = "000123456789"
# The account that this bank does not know; its seller gives another one a day later.
UNKNOWN_BANK = "000111111116"
# After how many days each seller is paid out.
RHYTHM = (1, 1, 1, 2, 2, 3, 3, 5, 7, 10)
# Which of them gave the wrong account at first.
WRONG = 1
WAIT_SECONDS = 300


def bank(number: str) -> dict[str, str]:
    """Return a bank account as the wire spells it."""
    return {
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
        "account_number": number,
    }


class Month:
    """The days, one after the other.

    Args:
        story: Whose sellers sell.
        days: How many there are.
        method: The method of the payouts, `standard` or `instant`.
    """

    def __init__(self, story: Story, days: int, method: str = "standard") -> None:
        self.story, self.days, self.method = story, days, method
        self.client = story.client.v1
        self.made: dict[str, tuple[str, int]] = {}
        # Of those that have ended: how.
        self.known: dict[str, str] = {}

    def play(self) -> None:
        """Play them, and wait until every payout has ended.

        Raises:
            Surprise: If an answer is not as it had to be.
        """
        for number, seller in enumerate(self.story.sellers):
            self._give_bank(seller, UNKNOWN_BANK if number == WRONG else BANK)
        for day in range(1, self.days + 1):
            self._sell(day)
            if day == 2:
                self._mend_bank(list(self.story.sellers)[WRONG])
            paid = self._pay_out(day)
            self.story.tell(f"Day {day}: {len(self.story.sellers)} orders, {paid} payouts")
        self._wait()

    def _give_bank(self, seller: str, number: str) -> None:
        self.client.accounts.update(seller, params={"external_account": bank(number)})

    def _mend_bank(self, seller: str) -> None:
        """The seller hears that a payout has failed, and gives another account.

        Not before: what still waits for its bank would be canceled with the account.
        """
        for id, (owner, _) in self.made.items():
            if owner == seller:
                self._wait_for({id})
        self._give_bank(seller, BANK)

    def _sell(self, day: int) -> None:
        """Everybody sells something; once a week all share one order."""
        for number, seller in enumerate(self.story.sellers):
            amount = 2_000 + 310 * number + 17 * day
            self._order(amount, seller, amount // 8)
        if day % 7 == 1:
            self._share(40_000 + 1_000 * day)

    def _order(self, amount: int, seller: str, fee: int) -> None:
        intent = self.client.payment_intents.create(
            params={
                "amount": amount,
                "currency": "usd",
                "payment_method": "pm_card_bypassPending",
                "confirm": True,
                "return_url": "https://example.com",
                "transfer_data": {"destination": seller},
                "application_fee_amount": fee,
            }
        )
        order = Order(intent.id, intent.latest_charge, seller, "usd", amount, fee, amount)
        self.story.expected.add_payment(order)
        self._hear(
            {
                "payment_intent.succeeded": 1,
                "transfer.created": 1,
                "payment.created": 1,
                "application_fee.created": 1,
            }
        )

    def _share(self, amount: int) -> None:
        """An order of which each seller gets eight percent."""
        sellers = list(self.story.sellers)
        intent = self.client.payment_intents.create(
            params={
                "amount": amount,
                "currency": "usd",
                "payment_method": "pm_card_bypassPending",
                "confirm": True,
                "return_url": "https://example.com",
                "split": [{"destination": one, "percent": 8} for one in sellers],
            }
        )
        order = Order(intent.id, intent.latest_charge, "", "usd", amount, None, None)
        self.story.expected.add_payment(order)
        for seller in sellers:
            part = Order(intent.id, intent.latest_charge, seller, "usd", amount, None, None)
            self.story.expected.add_transfer(part, amount * 8 // 100)
        self._hear({"payment_intent.succeeded": 1, "transfer.created": len(sellers)})

    def _pay_out(self, day: int) -> int:
        paid = 0
        for number, seller in enumerate(self.story.sellers):
            if day % RHYTHM[number % len(RHYTHM)] and day != self.days:
                continue
            options: Any = {"stripe_account": seller}
            found = self.client.balance.retrieve(options=options).available
            amount = next((one.amount for one in found if one.currency == "usd"), 0)
            if amount <= 0:
                continue
            # What is sent at once fails at the bank; what waits would be canceled with the account.
            method = "instant" if number == WRONG else self.method
            payout = self.client.payouts.create(
                params={"amount": amount, "currency": "usd", "method": method}, options=options
            )
            self.made[payout.id] = (seller, amount)
            self._hear({"payout.created": 1})
            paid += 1
        return paid

    def _wait(self) -> None:
        """Wait for the bank's last word on every payout."""
        waiting = self.made.keys() - self.known.keys()
        self.story.tell(f"Waiting for the bank to answer to {len(waiting)} payouts …")
        self._wait_for(waiting)

    def _wait_for(self, waiting: set[str]) -> None:
        """Wait for the bank's last word on some payouts, and count it in."""
        deadline = time.monotonic() + WAIT_SECONDS
        while waiting := {id for id in waiting if not self._has_ended(id)}:
            if time.monotonic() > deadline:
                raise Surprise(f"{len(waiting)} payouts have not ended after {WAIT_SECONDS} s")
            time.sleep(1)

    def _has_ended(self, id: str) -> bool:
        seller, amount = self.made[id]
        payout = self.client.payouts.retrieve(id, options={"stripe_account": seller})
        if payout.status in ("pending", "in_transit"):
            return False
        self.known[id] = payout.status
        if payout.status == "paid":
            self.story.expected.add_payout(seller, "usd", amount)
        self._hear({f"payout.{payout.status}": 1})
        return True

    @property
    def payout_counts(self) -> dict[str, int]:
        """How many payouts were paid, and how many ended otherwise."""
        return {"paid": 0, "failed": 0} | Counter(self.known.values())

    def _hear(self, events: dict[str, int]) -> None:
        self.story.expected_events.update(events)
