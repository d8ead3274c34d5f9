"""A processor far away, as a test of its rail needs it: one that can be made to misbehave."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest

from payments.models import Charge
from processors.models import SimulatedRequest
from processors.protocols.base import (
    FollowUp,
    ProcessorUnavailable,
)
from processors.protocols.next_actions import NextAction
from processors.simulator import notices
from processors.simulator.rail import Simulator
from tests import rails
from tests.factories import now
from tests.processors.adyen_world import AdyenWorld
from tests.processors.stripe_world import StripeWorld
from tests.processors.tiny_world import TinyWorld
from tests.processors.untruths import Notice, forged_headers, untrue
from tests.truth import assert_the_processor_agrees, simulated_amounts

_CALLS = ("charge", "capture", "void", "refund", "verify")


class World(Protocol):
    """A processor far away, as the tests of conformance need it.

    It knows the published test cards by the names that the vault gives them (`visa`, ...).

    Args:
        name: The rail's.
        refund_failure: Why a refund failed late, as this processor says it.
        dispute_fee: What it says that it takes for a dispute, in minor units.
        late_reason: The `UnknownReason` of a charge whose end this processor does not know yet.
    """

    name: str
    late_reason: str
    refund_failure: str
    dispute_fee: int

    def installed(self) -> AbstractContextManager[None]:
        """Let test payments take our account there, and its rail ask this processor."""
        ...

    def assert_it_agrees(self) -> None:
        """Fail unless it has moved what we have in our books, once."""
        ...

    def outstanding(self, *, at: datetime) -> list[Notice]:
        """Return what it has to tell of what it only took on, and has not told."""
        ...

    def forgeries(self, notice: Notice) -> list[Notice]:
        """Return a notice as nobody but a forger could send it."""
        ...

    def losing(self, what: str) -> AbstractContextManager[None]:
        """Lose each of the `"requests"` on its way, or each of the `"answers"` on its way back."""
        ...

    def erring(self, what: str) -> AbstractContextManager[None]:
        """Fail with an error of the server's, before `"requests"` are done or in their answers."""
        ...

    def lying(self, what: str = "amount") -> AbstractContextManager[None]:
        """Say of a charge one cent more, euros (`"currency"`), or that it failed (`"status"`)."""
        ...

    def moved(self, key: str) -> list[int]:
        """Return what was charged under a key, each time."""
        ...

    def time_passes(self) -> None:
        """Let happen what happens late: to refunds, to disputes, and to cards that time out."""
        ...

    def banks_answer(self, *, after: timedelta) -> None:
        """Let the banks of those who are debited answer so long after they were asked."""
        ...

    def notices(self, kind: str, key: str, *, at: datetime) -> list[Notice]:
        """Return what is told about a `"charge"`, a `"refund"` or the `"dispute"` of a charge.

        They are signed at a moment. A processor that is asked for disputes tells nothing.
        """
        ...

    def refund_outside(self, charge: Charge, amount: int, *, at: datetime) -> list[Notice]:
        """Refund at the processor, without us, and return the notices."""
        ...

    def end_outside(self, charge: Charge, amount: int | None, *, at: datetime) -> list[Notice]:
        """Capture an authorisation there by hand, or with None let it go; return the notices."""
        ...

    def perform(self, action: NextAction, *, is_the_payer: bool = True) -> dict[str, str]:
        """Perform a payer's step there, which somebody else fails.

        Returns:
            What the browser brings back.
        """
        ...

    def token(self, card: str) -> str:
        """Return what a browser gets for a test card, as the rail charges it."""
        ...


class SimulatorWorld:
    """The simulated processor, in our own database."""

    name = "simulator"
    late_reason = "no_answer"
    refund_failure = "expired_or_canceled_card"
    dispute_fee = 15_00

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Change nothing: every installation has an account there."""
        yield

    def assert_it_agrees(self) -> None:
        """Hold its book against ours."""
        assert_the_processor_agrees()

    def outstanding(self, *, at: datetime) -> list[Notice]:
        """It says at once what it did."""
        return []

    def forgeries(self, notice: Notice) -> list[Notice]:
        """Return a notice with a signature that does not fit."""
        return forged_headers(notice)

    @contextmanager
    def losing(self, what: str) -> Iterator[None]:
        """Lose each request on its way, or each answer on its way back."""

        error = ProcessorUnavailable("Lost.")
        lost = {
            name: rails.losing_the_answer(name, error)
            if what == "answers"
            else rails.raising(error)
            for name in _CALLS
        }
        with rails.simulator_with(**lost):
            yield

    def erring(self, what: str) -> AbstractContextManager[None]:
        """Give no answer: there is no wire that could bring an error."""
        return self.losing(what)

    @contextmanager
    def lying(self, what: str = "amount") -> Iterator[None]:
        """Say something else than was done."""

        def other(self: Simulator, inquiry: Any) -> Any:
            outcome = Simulator.find(self, inquiry)
            return untrue(outcome, what) if outcome else None

        with rails.simulator_with(find=other):
            yield

    def moved(self, key: str) -> list[int]:
        """Return what was charged under a key, each time."""
        taken = simulated_amounts().get((self.name, key))
        return [] if taken is None else [taken]

    def time_passes(self) -> None:
        """Let happen what happens late."""
        self.banks_answer(after=timedelta(minutes=1))

    def banks_answer(self, *, after: timedelta) -> None:
        """Let time go by for the banks of those who are debited."""
        SimulatedRequest.objects.update(created_at=now() - after)

    def notices(self, kind: str, key: str, *, at: datetime) -> list[Notice]:
        """Return what it tells about a request, in its order."""
        if kind == "dispute":
            return []
        return [notices.make(kind, key, at=at) for _ in range(3)]

    def refund_outside(self, charge: Charge, amount: int, *, at: datetime) -> list[Notice]:
        """Refund there, without us, and return the notices."""
        return [
            notices.make(
                "outside_refund",
                charge.id,
                at=at,
                reference="sim_outside",
                amount=amount,
                currency=charge.currency,
            )
        ]

    def end_outside(self, charge: Charge, amount: int | None, *, at: datetime) -> list[Notice]:
        """Write into its book what somebody did with an authorisation."""
        by_hand = FollowUp(f"by_hand_{charge.id}", charge.id, amount or 0, charge.currency, "visa")
        Simulator().void(by_hand) if amount is None else Simulator().capture(by_hand)
        return [notices.make("charge", charge.id, at=at)]

    def perform(self, action: NextAction, *, is_the_payer: bool = True) -> dict[str, str]:
        """There is nothing to perform: Rialto asks the payer itself."""
        raise NotImplementedError

    def token(self, card: str) -> str:
        """Return the name of a test card."""
        return card


def _adyen(request: pytest.FixtureRequest) -> World:
    folder = request.getfixturevalue("tmp_path_factory").mktemp("adyen")
    world = AdyenWorld(folder)
    request.addfinalizer(world.there.close)
    return world


# Each rail's, by its name. A rail whose processor is slow to start is marked so in the tests.
WORLDS: Mapping[str, Callable[[pytest.FixtureRequest], World]] = {
    "adyen": lambda request: _adyen(request),
    "simulator": lambda request: SimulatorWorld(),
    "tiny": lambda request: TinyWorld(),
    "stripe": lambda request: StripeWorld(request.getfixturevalue("rialto_server")),
}
