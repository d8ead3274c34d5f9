"""What the pages of routing show."""

from datetime import datetime

from django.utils.translation import gettext, gettext_lazy

from core.types import JsonObject
from processors.accounts import snapshot
from processors.router import candidates, publishing
from processors.routing import words
from processors.routing.breakers import Breaker, BreakerState
from processors.routing.facts import Candidate
from processors.routing.rules import RuleSet

_STATES = {
    BreakerState.CLOSED: (gettext_lazy("takes payments"), "good"),
    BreakerState.OPEN: (gettext_lazy("left alone"), "bad"),
    BreakerState.HALF_OPEN: (gettext_lazy("tried with a few"), "waiting"),
}


def all_accounts() -> list[Candidate]:
    """Return the accounts that take payments, those of test mode first."""
    held = snapshot.current()
    return [*candidates.of(held, livemode=False), *candidates.of(held, livemode=True)]


def rules(found: RuleSet) -> list[JsonObject]:
    """Return each rule with its sentence."""
    return [{"name": one.name, "sentence": words.rule(one, say=gettext)} for one in found.rules]


def published() -> JsonObject | None:
    """Return what counts; None if nothing was published."""
    row = publishing.published()
    if row is None:
        return None
    return {"row": row, "rules": rules(publishing.read(row.document))}


def accounts(at: datetime) -> list[JsonObject]:
    """Return how each account fares, method by method."""
    return [
        {
            "name": one.name,
            "mode": gettext("live") if one.livemode else gettext("test"),
            "standing": one.standing.value,
            "methods": [
                _fares(method, one.breakers.get(method, Breaker()), at)
                for method in sorted(one.capabilities.methods)
            ],
        }
        for one in all_accounts()
    ]


def _fares(method: str, breaker: Breaker, at: datetime) -> JsonObject:
    word, look = _STATES[breaker.state(at)]
    return {"method": method, "word": word, "look": look, "forced": breaker.forced}
