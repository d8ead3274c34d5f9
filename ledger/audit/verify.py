"""Recompute the books from the postings and say what does not hold."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import DatabaseError, connection, transaction

from ledger.audit import anchors, seals
from ledger.audit.anchors import Anchor
from ledger.audit.checking import Check
from ledger.audit.checks import CHECKS
from ledger.models import Seal, VerifyRun

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's finding: something that does not hold.

    Args:
        check: The checker's name, such as `"C1"`.
        id: What it is about: an entry, a ledger account, an owner or a seal.
        detail: What was expected and what was found.
    """

    check: str
    id: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        """Return the finding for JSON."""
        return asdict(self)


_SHOWN_AT_MOST: Final = 1_000
_KEPT_AT_MOST: Final = 100
SEALS: Final = Check("C11", "Nothing that was sealed has been changed, added or taken out.", "")
# Of rooms above, which know what their objects say.
_registered: Final[list[Check]] = []


def register(*checks: Check) -> None:
    """Add checks of another room. Called once, when the room is ready."""
    _registered.extend(checks)


def all_checks() -> list[Check]:
    """Return every check, in the order in which they are made."""
    return [*CHECKS, *_registered, SEALS]


def verify(
    on_check: Callable[[Check, int], None] | None = None,
    *,
    since: datetime | None = None,
    heads: Sequence[str] = (),
    kept: Sequence[Anchor] = (),
    with_anchors: bool = False,
    checks: Sequence[Check] | None = None,
) -> list[Finding]:
    """Hold the books against every check.

    Args:
        on_check: Called after each check with it and how much it found, for showing
            progress.
        since: Leave out entries that were posted before. Balances are looked at whole in any
            case, for they are sums of all there is.
        heads: Heads of seals that were kept elsewhere, in hexadecimal. Who may do anything with
            the tables can make all seals again over other entries, but not with these heads.
        kept: The same with the numbers of their seals.
        with_anchors: Whether to ask for the heads in the file outside of the database as well.
        checks: Only these; None for all.

    Returns:
        What does not hold, at most 1,000 findings for each check; empty if all is well.
    """
    findings: list[Finding] = []
    for check in all_checks() if checks is None else checks:
        found = list(_check_seals(since, heads) if check is SEALS else _run(check, since))
        if check is SEALS:
            found += _missing(kept)
            found += _check_anchors() if with_anchors else []
        findings += found
        if on_check:
            on_check(check, len(found))
    return findings


def run(*, at: datetime, clock: Callable[[], datetime]) -> VerifyRun:
    """Make every check, keep what was found, and complain of it in the log."""
    kept = begin(at=at)
    complain(carry_out(kept, clock=clock))
    return kept


def complain(findings: Sequence[Finding]) -> None:
    """Say in the log what nobody is there to read; of no findings nothing."""
    if findings:
        logger.error(
            "The books do not balance: %d findings, the first is %s of %s (%s). Run "
            "`rialto ledger verify`.",
            len(findings),
            findings[0].check,
            findings[0].id,
            findings[0].detail,
        )


def begin(*, at: datetime, asked_by: str = "", since: datetime | None = None) -> VerifyRun:
    """Write down that all checks are being made.

    Args:
        at: Now.
        asked_by: Who asked for it; empty if nobody did.
        since: Entries before are left out.
    """
    run: VerifyRun = VerifyRun.objects.create(began_at=at, asked_by=asked_by, since=since)
    return run


def carry_out(
    kept: VerifyRun,
    *,
    clock: Callable[[], datetime],
    on_check: Callable[[Check, int], None] | None = None,
    heads: Sequence[str] = (),
    anchors_kept: Sequence[Anchor] = (),
) -> list[Finding]:
    """Make every check of a run that was begun, write down how far it is, and what it found.

    Args:
        kept: The run.
        clock: Tells the time at the end.
        on_check: As of `verify`.
        heads: As of `verify`.
        anchors_kept: As `kept` of `verify`.
    """

    def note(check: Check, found: int) -> None:
        kept.check_count += 1
        kept.save(update_fields=["check_count"])
        if on_check:
            on_check(check, found)

    findings = verify(note, since=kept.since, heads=heads, kept=anchors_kept, with_anchors=True)
    kept.ended_at = clock()
    kept.finding_count = len(findings)
    kept.findings = [finding.as_dict() for finding in findings[:_KEPT_AT_MOST]]
    kept.seal_head = seals.head() or ""
    kept.save(update_fields=["ended_at", "finding_count", "findings", "seal_head"])
    return findings


def _run(check: Check, since: datetime | None) -> Iterator[Finding]:
    try:
        rows = _rows(check, since)
    except DatabaseError as error:
        # Tables that were tampered with may hold what no query was written for; the other
        # checks still tell more.
        message = str(error).strip() or type(error).__name__
        rows = [("the check", f"could not be made: {message.splitlines()[0]}")]
    return (Finding(check.name, str(id), str(detail)) for id, detail in rows)


def _check_anchors() -> Iterator[Finding]:
    try:
        written = anchors.read_all()
    except (OSError, anchors.UnreadableAnchors) as error:
        yield Finding(SEALS.name, "the heads outside", f"cannot be read: {error}")
        return
    yield from _missing(written)


def _missing(written: Sequence[Anchor]) -> Iterator[Finding]:
    """Find the heads that are no more those of their seals."""
    there = dict(seals.heads(after=0)) if written else {}
    for number, head in written:
        if there.get(number) != head:
            yield Finding(
                SEALS.name,
                f"seal {number}",
                f"{head} was written down outside: it was taken out or made again",
            )


def _rows(check: Check, since: datetime | None) -> list[tuple[object, object]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        # Queries name this where they can leave something out.
        cursor.execute(
            "SELECT set_config('rialto.verify_since', %s, true)",
            [since.isoformat() if since else "-infinity"],
        )
        cursor.execute(check.query)
        found: list[tuple[object, object]] = cursor.fetchmany(_SHOWN_AT_MOST)
    return found


def _check_seals(since: datetime | None, heads: Sequence[str]) -> Iterator[Finding]:
    for head in heads:
        if seals.number_of(head) is None:
            yield Finding(
                SEALS.name, head, "no seal has this head: seals were taken out or made again"
            )
    later = Seal.objects.order_by("number").values_list("number", flat=True)
    first = (later.filter(sealed_at__gte=since) if since else later).first()
    if first is None:
        return
    try:
        # Without a moment even the first seal that there is has to be the first that there was.
        for _, broken in seals.verify(since=first if since else 1):
            for found in broken:
                yield Finding(SEALS.name, f"seal {found.number}", found.detail)
    except DatabaseError as error:
        yield Finding(SEALS.name, "the seals", f"could not be recomputed: {error}")
