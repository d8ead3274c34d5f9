"""Rails that misbehave, registered in the place of the one that they are made from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from processors import registry
from processors.registry import Rail
from processors.simulator.rail import Simulator


class CutOff(BaseException):
    """The process ended here."""


@contextmanager
def registered(rail: Rail, *, name: str = "simulator") -> Iterator[Rail]:
    """Let everything that is asked of a rail go to this one."""
    before = registry.register(name, lambda account: rail)
    try:
        yield rail
    finally:
        registry.register(name, before)


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
