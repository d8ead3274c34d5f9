"""The statements of processors: read, kept once for each line, and held against the books."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Sum

from core.database.locking import lock_one
from core.database.transactions import atomic
from core.ids import new_id
from processors import registry
from processors.models import SettlementLine
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.settlements import ReportedLine, ReportsSettlements

logger = logging.getLogger(__name__)

Line = SettlementLine

# How long to wait after the first, second, ... time that a line did not agree with the books.
_WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 720, 1_440))
# How far back the first statement goes, and how much is read again each time.
_FIRST, _AGAIN = timedelta(days=30), timedelta(days=1)


def read(*, at: datetime) -> int:
    """Read what processors say moved since the last time, and keep it; return how many lines."""
    kept = 0
    for name, rail in registry.rails():
        if not isinstance(rail, ReportsSettlements):
            continue
        last = SettlementLine.objects.filter(processor=name).order_by("-moved_at").first()
        since = last.moved_at - _AGAIN if last else at - _FIRST
        try:
            lines = list(rail.lines(since=since))
        except ProcessorUnavailable:
            logger.warning("%s does not say what moved since %s.", name, since)
            continue
        kept += keep(name, lines, at=at)
    return kept


def keep(processor: str, lines: list[ReportedLine], *, at: datetime) -> int:
    """Keep the lines that are new; return how many.

    Args:
        processor: The account's name.
        lines: As its rail told them, or a file of it.
        at: The moment.
    """
    rows = [
        SettlementLine(
            id=new_id("setline"),
            processor=processor,
            livemode=line.livemode,
            reference=line.reference,
            kind=line.kind.value,
            amount=line.amount,
            fee_amount=line.fee,
            currency=line.currency,
            key=line.key,
            charge_key=line.charge_key,
            about=line.about,
            description=line.description,
            moved_at=line.at,
            read_at=at,
            next_at=at,
        )
        for line in lines
    ]
    known = SettlementLine.objects.filter(
        processor=processor, reference__in=[row.reference for row in rows]
    )
    with atomic():
        before = set(known.values_list("reference", flat=True))
        new = [row for row in rows if row.reference not in before]
        SettlementLine.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    return len(new)


def due(*, at: datetime, most: int) -> list[SettlementLine]:
    """Return the lines that are to be held against the books, the oldest first."""
    waiting = SettlementLine.objects.filter(next_at__lte=at)
    return list(waiting.order_by("moved_at", "reference")[:most])


def find(id: str) -> SettlementLine | None:
    """Return a line; None if there is none."""
    return SettlementLine.objects.filter(id=id).first()


def lock(id: str) -> SettlementLine:
    """Return a line, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    return lock_one(SettlementLine.objects.all(), id, kind="settlement_line")


def mark_borne(row: SettlementLine, bearer: str) -> None:
    """Note which account bears or has a locked line."""
    row.bearer, row.next_at, row.problem = bearer, None, ""
    row.save(update_fields=["bearer", "next_at", "problem"])


def mark_agreed(row: SettlementLine) -> None:
    """Note that the books say the same as a line."""
    SettlementLine.objects.filter(id=row.id).update(next_at=None, problem="")


def postpone(row: SettlementLine, problem: str, *, at: datetime) -> None:
    """Note why a line and the books do not agree; it is looked at again, more and more seldom."""
    SettlementLine.objects.filter(id=row.id).update(
        next_at=at + _WAITS[min(row.tries, len(_WAITS) - 1)],
        tries=row.tries + 1,
        problem=problem[:1_000],
    )


def totals() -> dict[tuple[str, str, bool], int]:
    """Return what each processor says is on its account, by its name, currency and mode."""
    rows = SettlementLine.objects.values_list("processor", "currency", "livemode")
    sums = rows.annotate(total=Sum(F("amount") - F("fee_amount"))).order_by()
    return {(name, currency, livemode): total for name, currency, livemode, total in sums}
