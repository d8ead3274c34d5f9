"""Rails that misbehave, registered in the place of the one that they are made from."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from processors import registry
from processors.accounts import changes, snapshot
from processors.accounts.snapshot import Listed
from processors.models import ProcessorAccount
from processors.protocols.accounts import RailAccount
from processors.registry import Rail
from processors.simulator.rail import Simulator
from processors.states import AccountStatus
from tests.factories import now


class CutOff(BaseException):
    """The process ended here."""


@contextmanager
def registered(rail: Rail, *, name: str = "simulator") -> Iterator[Rail]:
    """Let everything that is asked of a rail go to this one.

    One of a name that no account has gets an account, which alone takes new test payments.
    """
    before, held = registry.register(name, lambda account: rail), snapshot.current()
    if name not in held.accounts:
        others = {
            key: replace(one, is_default=False, status=AccountStatus.DRAINING)
            for key, one in held.accounts.items()
        }
        own = Listed(RailAccount(name, name), is_default=True)
        snapshot.hold(replace(held, accounts={name: own, **others}))
    try:
        yield rail
    finally:
        snapshot.hold(held)
        registry.register(name, before)


def a_stripe_account(
    *,
    secret_key: str,
    base_url: str = "",
    notice_secret: str = "",
    name: str = "stripe",
    browser: Mapping[str, str] | None = None,
    **details: Any,
) -> ProcessorAccount:
    """Add an account at Stripe that alone takes new test payments.

    `browser` is what browsers see of its credentials: its publishable key, and its library.
    """
    row = changes.add(
        name=name,
        kind="stripe",
        livemode=False,
        credentials={"secret_key": secret_key, **(browser or {})},
        notice_secret=notice_secret,
        base_url=base_url,
        at=now(),
        **details,
    )
    changes.make_default(name=name, at=now())
    changes.set_status(name="simulator", status=AccountStatus.DRAINING, reason="A test.", at=now())
    return row


@contextmanager
def simulator_with(**calls: Any) -> Iterator[Rail]:
    """Let the simulated processor answer some calls, by their names, in another way."""
    with registered(type("Simulator", (Simulator,), calls)()) as rail:
        yield rail


def losing_the_answer(name: str, error: BaseException) -> Callable[..., Any]:
    """Do what is asked, and raise instead of saying so."""
    call = getattr(Simulator, name)

    def lost(self: Simulator, *asked: Any, **more: Any) -> Any:
        call(self, *asked, **more)
        raise error

    return lost


def raising(error: BaseException) -> Callable[..., Any]:
    """Raise, whatever is asked."""

    def refused(self: Simulator, *asked: Any, **more: Any) -> Any:
        raise error

    return refused
