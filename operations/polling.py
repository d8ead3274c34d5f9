"""Rounds of background work: each row by itself, and rails asked again at growing intervals."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from core.money import spell
from processors.protocols.base import Outcome, OutcomeStatus, UnknownReason, unknown

logger = logging.getLogger(__name__)

_Row = TypeVar("_Row")

# How long to wait before a rail is asked the first, second, ... time what became of a request; the
# last one for ever: nobody stops asking, and nothing is called failed because we do not know.
WAITS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 15, 30, 60, 300, 900, 3_600, 14_400, 43_200, 86_400)
)

NOT_SETTLED: Final = "%s could not be settled; it stays as it is."


def next_at(tries: int, *, at: datetime, waits: Sequence[timedelta] = WAITS) -> datetime:
    """Return when a rail is asked again.

    Args:
        tries: How often it was asked before.
        at: When it was asked last.
        waits: How long to wait after each try; the last one for ever.
    """
    return at + waits[min(tries, len(waits) - 1)]


def each(rows: Iterable[_Row], step: Callable[[_Row], bool], *, failure: str) -> int:
    """Do a step for each row; one that fails does not keep the others waiting.

    Args:
        rows: What the round is about.
        step: The function that says whether it has done what the round is for.
        failure: What to log of a row whose step failed, with `%s` for it.

    Returns:
        For how many rows it did.
    """
    done = 0
    for row in rows:
        try:
            done += step(row)
        except Exception:
            logger.exception(failure, getattr(row, "pk", row))
    return done


def differs(id: str, *, requested: tuple[int | None, str], outcome: Outcome) -> Outcome | None:
    """Compare what a rail says it moved with what was asked for, and raise the alarm.

    Args:
        id: The id of the charge, refund or payout.
        requested: Minor units, and their currency.
        outcome: The rail's answer.

    Returns:
        None if all is well; otherwise what is to be believed instead: nothing.
    """
    if outcome.status is not OutcomeStatus.SUCCEEDED:
        return None
    if (outcome.amount, outcome.currency) == requested:
        return None
    message = (
        f"Asked for {spell(*requested)}, the rail says {spell(outcome.amount, outcome.currency)} "
        f"as {outcome.reference}."
    )
    logger.error("%s is put aside for an operator. %s", id, message)
    return unknown(UnknownReason.AMOUNT_DIFFERS, message)
