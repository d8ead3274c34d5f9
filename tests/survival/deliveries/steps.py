"""What faults of deliveries have in common."""

import time
from typing import Final

from core.tenant import Tenant
from tests.soak import times
from tests.survival.deliveries.law import Known
from tests.survival.deliveries.world import World

# The beat asks every five seconds, and what it asked for last may have been lost.
SWEPT_SECONDS: Final = 10.0
CONSUMING_SECONDS: Final = 30.0
# Longer tests of the same where there is time.
IS_SOAK: Final = times(1) > 1


def a_few(world: World, count: int = 40, *, keeps_order: bool = True) -> tuple[Tenant, list[Known]]:
    """Make a platform with three endpoints, one of which keeps the order."""
    platform = world.platform("slowly", "accepts")
    world.endpoint(platform, "accepts", keeps_order=keeps_order)
    world.tell(platform, count)
    return platform, list(world.made)


def in_the_middle(world: World, known: Known, least: int = 6) -> None:
    """Wait until an endpoint has some of what it is due, and is sent more at this moment."""
    world.until(lambda: len(world.arrivals(known)) >= least)


def recovers(world: World, platform: Tenant, *, since: float, most: float) -> None:
    """Tell something, and see how soon after a moment it arrives."""
    world.wait_for(world.tell(platform, 2))
    took = time.monotonic() - since
    world.scoreboard.count("worst recovery of deliveries, seconds", round(took, 2))
    assert took <= most, f"It took {took:.1f} s."
