"""Which rails there are, and which one a payment takes."""

from functools import lru_cache

from django.conf import settings

from processors.base import Enrolment, Processor
from processors.payouts import PaysOut
from processors.simulator.rail import Simulator


class NoRail(LookupError):
    """No rail can take the payment."""


@lru_cache(maxsize=8)
def get(name: str) -> Processor:
    """Return the rail with this name.

    Raises:
        KeyError: If there is none.
    """
    if name == "simulator":
        return Simulator()
    if name == "stripe":
        # Its package is large: who does not use it does not load it.
        from processors.stripe.rail import StripeRail

        return StripeRail()
    raise KeyError(name)


def rails() -> list[tuple[str, Processor]]:
    """Return the rails that may have something to say, with their names."""
    return [(name, get(name)) for name in dict.fromkeys(("simulator", str(settings.TEST_RAIL)))]


def enrolment(instrument: str, *, livemode: bool) -> Enrolment:
    """Say what the rail of a new payment knows of a card's 3-D Secure."""
    try:
        return get(choose(livemode=livemode)).enrolment(instrument)
    except NoRail:
        return Enrolment.BY_RAIL


def choose(*, livemode: bool) -> str:
    """Name the rail for a new payment.

    Args:
        livemode: Test payments take the rail of the settings.

    Raises:
        NoRail: For real money: this version has no way to take cards in live mode.
    """
    if livemode:
        raise NoRail("No processor is set up for live payments.")
    return str(settings.TEST_RAIL)


def choose_for_payouts(*, livemode: bool) -> str:
    """Name the rail that sends a new payout.

    Args:
        livemode: Test payouts take the simulated bank.

    Raises:
        NoRail: For real money: this version has no bank to send it in live mode.
    """
    name = "simulator"
    if livemode or not isinstance(get(name), PaysOut):
        raise NoRail("No bank is set up for live payouts.")
    return name
