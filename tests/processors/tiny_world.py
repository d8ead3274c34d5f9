"""The smallest processor, as the tests of conformance need it."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any

from core.ids import random_text
from payments.models import Charge
from processors import signing
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.next_actions import NextAction
from tests import rails
from tests.processors.tiny_rail import HEADER, SECRET, TinyProcessor, TinyRail
from tests.truth import late_amounts

Notice = tuple[bytes, dict[str, str]]


class TinyWorld:
    """A processor in this process."""

    name = "tiny"
    late_reason = "pending"
    refund_failure = "expired_or_canceled_card"
    dispute_fee = 0

    def __init__(self) -> None:
        self.there = TinyProcessor()

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let test payments take this rail."""
        with rails.registered(TinyRail(self.there), name=self.name):
            yield

    @contextmanager
    def losing(self, what: str) -> Iterator[None]:
        """Lose each request on its way, or its answer."""
        self.there.loses = what
        yield
        self.there.loses = ""

    def erring(self, what: str) -> AbstractContextManager[None]:
        """Give no answer: there is no wire that could bring an error."""
        return self.losing(what)

    @contextmanager
    def lying(self, what: str = "amount") -> Iterator[None]:
        """Say something else than was done."""
        self.there.lies_about = what
        yield
        self.there.lies_about = ""

    def moved(self, key: str) -> list[int]:
        """Return what was charged under a key, each time."""
        return [self.there.taken.get(key, 0)] if key in self.there.done else []

    def time_passes(self) -> None:
        """Let happen what happens late."""
        self.there.done |= self.there.late
        self.there.late.clear()

    def outstanding(self, *, at: datetime) -> list[Notice]:
        """It says at once what it did."""
        return []

    def banks_answer(self, *, after: timedelta) -> None:
        """It debits no bank accounts."""
        raise NotImplementedError

    def notices(self, kind: str, key: str, *, at: datetime) -> list[Notice]:
        """Return what it tells about a request; of disputes it knows nothing."""
        return [] if kind == "dispute" else [_sign({"kind": kind, "key": key}, at)]

    def refund_outside(self, charge: Charge, amount: int, *, at: datetime) -> list[Notice]:
        """Refund there, without us, and return the notices."""
        key = f"by_hand_{charge.id}"
        self.there.done[key] = Outcome(OutcomeStatus.SUCCEEDED, key, amount, charge.currency)
        return [_sign({"kind": "outside_refund", "key": charge.id, "refund": key}, at)]

    def end_outside(self, charge: Charge, amount: int | None, *, at: datetime) -> list[Notice]:
        """Capture an authorisation there by hand, or with None let it go."""
        self.there.held.pop(charge.id)
        self.there.taken[charge.id] = amount or 0
        return self.notices("charge", charge.id, at=at)

    def perform(self, action: NextAction, *, is_the_payer: bool = True) -> dict[str, str]:
        """It asks nobody."""
        raise NotImplementedError

    def token(self, card: str) -> str:
        """Return the name of a test card."""
        return card

    def forgeries(self, notice: Notice) -> list[Notice]:
        """Return a notice that it did not sign."""
        body, headers = notice
        return [(body + b" ", headers), (body, {}), (body, {HEADER: "t=1,v1=00"})]

    def assert_it_agrees(self) -> None:
        """Fail unless it has taken what we have in our books."""
        for charge in Charge.objects.filter(processor=self.name, open_request=None):
            captured = charge.amount_captured if charge.status == "succeeded" else 0
            late, _ = late_amounts(charge)
            assert self.there.taken.get(charge.id, 0) == captured + late


def _sign(told: dict[str, Any], at: datetime) -> Notice:
    body = json.dumps({"id": random_text(12)} | told).encode()
    return body, {HEADER: signing.sign(body, SECRET, at=at)}
