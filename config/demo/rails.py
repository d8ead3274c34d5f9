"""A second processor account for the time of the demo, with half of the payments."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.utils import timezone

from processors import registry
from processors.accounts import changes
from processors.router import publishing
from processors.routing.rules import Rule, RuleSet, Strategy, StrategyKind

_FIRST: Final = "simulator"
SECOND: Final = "simulator-second"
_HALF: Final = Strategy(StrategyKind.VOLUME_SPLIT, (_FIRST, SECOND), (50, 50))
_RULES: Final = RuleSet(rules=(Rule("half on each rail", _HALF),))


@contextmanager
def two(tell: Callable[[str], None]) -> Iterator[None]:
    """Send half of the test payments to a second simulated account, and go back afterwards.

    Args:
        tell: Called with a line about what is done.
    """
    before = publishing.published()
    try:
        registry.listed(SECOND)
    except KeyError:
        changes.add(name=SECOND, kind=_FIRST, livemode=False, at=timezone.now())
        tell(f"Added the processor account {SECOND}")
    version = _publish(_RULES, "The demo plays on two rails.")
    tell(f"Published version {version} of the rules of routing: half on each rail")
    try:
        yield
    finally:
        rules = publishing.read(before.document) if before else RuleSet()
        version = _publish(rules, "The demo on two rails is over.")
        tell(f"Published version {version}: the rules of before the demo")


def _publish(rules: RuleSet, reason: str) -> int | None:
    return publishing.publish(rules, reason=reason, currencies=(), at=timezone.now()).version
