"""Several processor accounts that take test payments, some of which misbehave."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from processors import registry
from processors.accounts import changes
from processors.protocols.base import (
    Action,
    ChargeRequest,
    Enrolment,
    FollowUp,
    Inquiry,
    Outcome,
    OutcomeStatus,
    ProcessorUnavailable,
    VerifyRequest,
)
from processors.protocols.next_actions import ActionKind, NextAction
from processors.router import publishing
from processors.routing import parsing
from processors.simulator.rail import Simulator
from tests.factories import now


class Refusing(Simulator):
    """A processor that cannot reach any bank; another one might."""

    def charge(self, request: ChargeRequest) -> Outcome:
        return super().charge(replace(request, instrument="chargeDeclinedProcessingError"))


class Silent(Simulator):
    """A processor that does not answer."""

    def charge(self, request: ChargeRequest) -> Outcome:
        raise ProcessorUnavailable("Nobody answers.")


class Asking(Simulator):
    """A processor that asks the payer of each card that is kept, and writes down what came of it.

    So it knows it in whatever process it is asked.
    """

    def enrolment(self, instrument: str) -> Enrolment:
        return Enrolment.BY_RAIL

    def verify(self, request: VerifyRequest) -> Outcome:
        return self._stand(request.key, super().verify(request))

    def find(self, inquiry: Inquiry) -> Outcome | None:
        found = super().find(inquiry)
        if found is None or inquiry.action is not Action.VERIFY:
            return found
        return self._stand(inquiry.key, found)

    def complete(
        self, request: FollowUp, state: Mapping[str, str], returned: Mapping[str, str]
    ) -> Outcome:
        found = self.find(Inquiry(Action.VERIFY, request.key, request.key))
        assert found is not None
        return found

    def act(self, key: str) -> None:
        """Let the payer do what is asked."""
        self.book.write(
            f"{key}_acted", "acted", key, Outcome(OutcomeStatus.SUCCEEDED, "", 0, "xxx")
        )

    def _stand(self, key: str, outcome: Outcome) -> Outcome:
        if self.book.read(f"{key}_acted"):
            return outcome
        step = NextAction(ActionKind.REDIRECT, "https://bank.example/challenge")
        return replace(outcome, status=OutcomeStatus.ACTION_REQUIRED, next_action=step)


@contextmanager
def kinds(**rails: type[Simulator]) -> Iterator[None]:
    """Let there be further kinds of processors."""
    for kind, rail in rails.items():
        registry.register(kind, rail)
    try:
        yield
    finally:
        for kind in rails:
            registry.register(kind, None)


def add(name: str, kind: str = "simulator", *, is_first: bool = False, **details: Any) -> str:
    """Add an account that takes test payments."""
    changes.add(name=name, kind=kind, livemode=False, at=now(), **details)
    if is_first:
        changes.make_default(name=name, at=now())
    return name


def publish(*rules: dict[str, Any], retries: int = 2) -> int:
    """Publish rules, as JSON has them; return their version."""
    found = parsing.parse({"rules": list(rules), "retries": retries})
    row = publishing.publish(found, reason="A test.", currencies=(), at=now())
    assert row.version is not None
    return row.version


def rule(name: str, kind: str, *accounts: str, **more: Any) -> dict[str, Any]:
    """Return a rule, as JSON has it."""
    strategy = {"kind": kind, "accounts": list(accounts)} | more.pop("strategy", {})
    return {"name": name, "strategy": strategy} | more
