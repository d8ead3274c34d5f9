"""Which rails there are, and which one a payment takes."""

from processors.base import Enrolment, Processor
from processors.simulator.rail import Simulator

_RAILS: dict[str, Processor] = {"simulator": Simulator()}


class NoRail(LookupError):
    """No rail can take the payment."""


def get(name: str) -> Processor:
    """Return the rail with this name.

    Raises:
        KeyError: If there is none.
    """
    return _RAILS[name]


def rails() -> list[tuple[str, Processor]]:
    """Return all rails with their names."""
    return list(_RAILS.items())


def enrolment(instrument: str, *, livemode: bool) -> Enrolment:
    """Say what the rail of a new payment knows of a card's 3-D Secure."""
    try:
        return get(choose(livemode=livemode)).enrolment(instrument)
    except NoRail:
        return Enrolment.BY_RAIL


def choose(*, livemode: bool) -> str:
    """Name the rail for a new payment.

    Args:
        livemode: Test payments take the simulator.

    Raises:
        NoRail: For real money: this version has no live rail.
    """
    if livemode:
        raise NoRail("No processor is set up for live payments.")
    return "simulator"
