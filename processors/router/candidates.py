"""The accounts of the snapshot, as payments are routed among them."""

from collections import defaultdict
from dataclasses import replace

from processors.accounts import kinds
from processors.accounts.snapshot import Listed, Snapshot
from processors.protocols.base import Capabilities, Processor
from processors.protocols.kinds import Rail
from processors.routing.breakers import Breaker
from processors.routing.facts import Candidate, Standing

_Made = tuple[Snapshot, list[Rail | None], dict[bool, tuple[Candidate, ...]]]
_made: _Made | None = None


def of(held: Snapshot, *, livemode: bool) -> tuple[Candidate, ...]:
    """Return the accounts of a mode that take payments, the first one in front.

    They are made once for each snapshot.
    """
    global _made
    rails = [_rail_of(one) for one in held.accounts.values()]
    if _made is None or _made[0] is not held or _made[1] != rails:
        _made = (held, rails, _make(held, rails))
    return _made[2].get(livemode, ())


def _rail_of(one: Listed) -> Rail | None:
    """Return the rail of an account; None if its kind is not installed: others go on."""
    try:
        return kinds.make(one.rail)
    except (KeyError, ImportError):
        return None


def _make(held: Snapshot, rails: list[Rail | None]) -> dict[bool, tuple[Candidate, ...]]:
    breakers: dict[str, dict[str, Breaker]] = defaultdict(dict)
    for (name, method), breaker in held.breakers.items():
        breakers[name][method] = breaker
    made: dict[bool, list[Candidate]] = defaultdict(list)
    for one, rail in zip(held.accounts.values(), rails, strict=True):
        if isinstance(rail, Processor):
            candidate = Candidate(
                one.name,
                one.rail.livemode,
                _narrowed(one, rail.capabilities),
                Standing(one.status.value),
                one.prices,
                breakers[one.name],
                one.quiet_until,
                one.amount_limits.least,
                one.amount_limits.most,
            )
            made[one.rail.livemode].append(candidate)
    return {livemode: tuple(found) for livemode, found in made.items()}


def _narrowed(one: Listed, can: Capabilities) -> Capabilities:
    methods = can.methods & one.methods if one.methods else can.methods
    currencies = can.currencies
    if one.currencies:
        currencies = one.currencies if currencies is None else one.currencies & currencies
    return replace(can, methods=methods, currencies=currencies)
