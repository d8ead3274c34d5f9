"""What is kept of routing: rules that are published, breakers, and counted attempts."""

import logging
from collections.abc import Mapping

from processors.models import RoutingBreaker, RoutingRuleSet, RoutingTallies
from processors.routing import parsing
from processors.routing.breakers import Breaker
from processors.routing.parsing import InvalidRules
from processors.routing.rates import RateKey, Tally, keys_of
from processors.routing.rules import RuleSet

logger = logging.getLogger(__name__)


def load_rules() -> RuleSet:
    """Return the rules that count; none if nothing was published, or nobody can read it."""
    row = RoutingRuleSet.objects.filter(is_draft=False).order_by("-version").first()
    if row is None:
        return RuleSet()
    try:
        return parsing.parse(row.document, version=row.version or 0)
    except InvalidRules:
        # Payments go on, to the first account that can take them.
        logger.exception("Version %s of the rules of routing cannot be read.", row.version)
        return RuleSet(row.version or 0)


def load_breakers() -> Mapping[tuple[str, str], Breaker]:
    """Return how accounts fare, by account and method."""
    return {(row.processor, row.method): breaker_of(row) for row in RoutingBreaker.objects.all()}


def breaker_of(row: RoutingBreaker) -> Breaker:
    """Return what a row says."""
    return Breaker(row.retry_at, row.openings, row.successes, row.forced)


def load_tallies() -> Mapping[RateKey, Tally]:
    """Return how many attempts succeeded, added up for each kind of payment."""
    held = RoutingTallies.objects.filter(id=1).first()
    sums: dict[RateKey, list[int]] = {}
    for account, method, brand, country, succeeded, total in held.counts if held else ():
        for key in keys_of(account, method, brand, country):
            found = sums.setdefault(key, [0, 0])
            found[0] += succeeded
            found[1] += total
    return {key: Tally(*found) for key, found in sums.items()}
