"""Runs of all checks that are asked for, wait for a worker, and say how far they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.database.locking import lock_rows
from core.database.transactions import atomic, require_transaction
from core.jobs import enqueue
from ledger.audit import verify
from ledger.models import VerifyRun

# A run that has not ended after so long was cut off.
ENDS_WITHIN: Final = timedelta(hours=2)


class UnderWay(Exception):
    """All checks are being made already."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of all checks, for people.

    Args:
        id: Its number.
        began_at: When it was asked for.
        ended_at: When it had a result; None before that.
        since: Entries before were left out; None if none were.
        checks: How many checks have been made.
        findings: How many places where something does not hold.
        asked_by: Who asked; empty for the clock.
        is_waiting: True while no check has been made.
    """

    id: int
    began_at: datetime
    ended_at: datetime | None
    since: datetime | None
    checks: int
    findings: int
    asked_by: str
    is_waiting: bool

    def is_cut_off(self, at: datetime) -> bool:
        """Tell whether it was given up without a result."""
        return self.ended_at is None and self.began_at <= at - ENDS_WITHIN


def ask(*, by: str, at: datetime) -> Run:
    """Ask for a run of all checks, in the open transaction.

    Args:
        by: Who asks; empty for the clock.
        at: Now.

    Raises:
        UnderWay: If one waits or is being made.
    """
    require_transaction()
    if under_way(at=at):
        raise UnderWay
    row = VerifyRun.objects.create(began_at=at, asked_by=by, is_waiting=True)
    enqueue("ledger.verify_asked")
    return _run(row)


def under_way(*, at: datetime) -> Run | None:
    """Return the run that waits or is being made; None if there is none."""
    rows = VerifyRun.objects.filter(ended_at=None, began_at__gt=at - ENDS_WITHIN)
    row = rows.order_by("-id").first()
    return _run(row) if row else None


def latest(most: int) -> list[Run]:
    """Return the last runs, the newest first."""
    return [_run(row) for row in VerifyRun.objects.order_by("-id")[:most]]


def last_result() -> Run | None:
    """Return the last run of all entries that came to its end; None if there is none."""
    rows = VerifyRun.objects.filter(ended_at__isnull=False, since=None)
    row = rows.order_by("-id").first()
    return _run(row) if row else None


def make_asked(*, clock: Callable[[], datetime]) -> int:
    """Make the runs that wait, each once.

    Returns:
        How many were made.
    """
    made = 0
    while run := _take():
        verify.complain(verify.carry_out(run, clock=clock))
        made += 1
    return made


def _take() -> VerifyRun | None:
    with atomic():
        waiting = VerifyRun.objects.filter(is_waiting=True).order_by("id")
        run = lock_rows(waiting, skip_locked=True).first()
        if run:
            run.is_waiting = False
            run.save(update_fields=["is_waiting"])
        return run


def _run(row: VerifyRun) -> Run:
    return Run(
        row.pk,
        row.began_at,
        row.ended_at,
        row.since,
        row.check_count,
        row.finding_count,
        row.asked_by,
        row.is_waiting,
    )
