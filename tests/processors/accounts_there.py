"""Several processor accounts that take test payments, some of which misbehave."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from processors import registry
from processors.accounts import changes
from processors.protocols.base import ChargeRequest, Outcome, ProcessorUnavailable
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
