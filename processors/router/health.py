"""How accounts fare: what comes back of payments opens and closes their breakers.

Each process counts what it sees itself. Only a change is written, and told to all processes with
the version of the configuration.
"""

import logging
from datetime import datetime
from typing import Final

from django.db import DatabaseError
from django.utils import timezone

from accounts.audit import trail
from accounts.models import ConfigurationVersion
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.security import actor
from processors.accounts import routes, snapshot
from processors.models import ProcessorAccount, RoutingBreaker
from processors.protocols.base import Outcome, OutcomeStatus, UnknownReason
from processors.router import candidates
from processors.routing.breakers import Breaker, BreakerState, Window
from processors.routing.facts import Standing

logger = logging.getLogger(__name__)

_FAILURES: Final = frozenset(
    {
        UnknownReason.NO_ANSWER.value,
        UnknownReason.UNREADABLE.value,
        UnknownReason.ACCESS_REFUSED.value,
        UnknownReason.THROTTLED.value,
    }
)
_windows: dict[tuple[str, str], Window] = {}


def note(account: str, method: str, outcome: Outcome) -> None:
    """Count what came of a payment, where another account could take the next one."""
    held = snapshot.held()
    if held is None or account not in held.accounts:
        return
    livemode = held.accounts[account].rail.livemode
    found = candidates.of(held, livemode=livemode)
    if sum(one.standing is Standing.ENABLED for one in found) < 2:
        return
    at, key = timezone.now(), (account, method)
    is_failure = outcome.status is OutcomeStatus.ERRORED or (
        outcome.status is OutcomeStatus.UNKNOWN and outcome.reason in _FAILURES
    )
    breaker = held.breakers.get(key)
    is_probe = breaker is not None and breaker.state(at) is BreakerState.HALF_OPEN
    if breaker is None or breaker.state(at) is BreakerState.CLOSED:
        window = _windows.setdefault(key, Window())
        if not window.add(at, is_failure=is_failure):
            return
    elif not is_probe:
        # Asked before it opened, or because nobody else could.
        return
    try:
        _write(account, method, at, is_failure=is_failure)
    except DatabaseError:
        logger.exception("How %s fares could not be written.", account)


def _write(account: str, method: str, at: datetime, *, is_failure: bool) -> None:
    with atomic():
        RoutingBreaker.objects.get_or_create(
            processor=account, method=method, defaults={"changed_at": at}
        )
        row = lock_rows(RoutingBreaker.objects.all()).get(processor=account, method=method)
        before = routes.breaker_of(row)
        match before.state(at):
            case BreakerState.CLOSED if is_failure:
                after = before.opened(at)
            case BreakerState.HALF_OPEN:
                after = before.after_probe(at, is_failure=is_failure)
            case _:
                # Another process was faster, or an operator.
                return
        logger.warning("%s for %s: %s → %s", account, method, before.state(at), after.state(at))
        _save(row, after, at)


def force(*, processor: str, method: str, forced: str, reason: str, at: datetime) -> RoutingBreaker:
    """Let an operator open a breaker, close it, or leave it to itself again.

    Args:
        processor: The account's name.
        method: A payment method, as the wire names it.
        forced: `"open"`, `"closed"`, or empty to leave it to itself.
        reason: Why, for the audit trail.
        at: The moment.

    Raises:
        InvalidRequest: If there is no such account, or it is none of the three.
    """
    if not ProcessorAccount.objects.filter(name=processor).exists():
        raise InvalidRequest(f"There is no account {processor}.", param="processor")
    if forced not in ("", "open", "closed"):
        raise InvalidRequest("A breaker is forced open or closed, or not at all.", param="forced")
    with atomic():
        RoutingBreaker.objects.get_or_create(
            processor=processor, method=method, defaults={"changed_at": at}
        )
        row = lock_rows(RoutingBreaker.objects.all()).get(processor=processor, method=method)
        before, row.forced, row.reason = row.forced, forced, reason
        who = actor.current()
        row.forced_by = (who.email or who.name or who.kind) if forced else ""
        trail.record(
            "routing.breaker_forced",
            row,
            changes={"forced": (before or "by itself", forced or "by itself")},
            reason=reason,
        )
        _save(row, Breaker(forced=forced), at)
    return row


def _save(row: RoutingBreaker, after: Breaker, at: datetime) -> None:
    row.retry_at, row.openings, row.successes = after.retry_at, after.openings, after.successes
    row.changed_at = at
    row.save()
    ConfigurationVersion.bump()
