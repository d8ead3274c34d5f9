"""Sending an endpoint again what it was sent, and what it missed: in batches, until all is out."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db.models import F, Q, QuerySet

from accounts.audit import trail
from core import request_context
from core.database.locking import lock_one, lock_rows
from core.database.transactions import atomic, require_transaction, with_retries
from core.errors import InvalidRequest
from core.ids import earlier, new_id
from core.jobs import enqueue
from webhooks import queries
from webhooks.models import Delivery, Endpoint, Resend
from webhooks.services import deliveries, hints, missed
from webhooks.states import UNACCEPTED, DeliveryStatus, ResendStatus

BATCH: Final = 500
# While so many wait for their first try, no more are added: what happens now stands behind them.
MOST_WAITING: Final = 1_000
# What is older is as old as the list of events.
RESENT_FOR: Final = timedelta(days=30)
# The task comes every five seconds.
WORKING_SECONDS: Final = 4.0
_PAUSE_SECONDS: Final = 0.2
_WRITTEN: Final = ("status", "after", "sent", "ended_at")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a resend is.

    Args:
        id: `rsd_...`.
        endpoint: `we_...`.
        status: Of it.
        sent: How many are made due.
        total: How many there were when it began.
        since: From when on.
    """

    id: str
    endpoint: str
    status: str
    sent: int
    total: int
    since: datetime

    @property
    def is_running(self) -> bool:
        """Return whether there is more to come."""
        return self.status == ResendStatus.RUNNING


def begin(
    *,
    endpoint: Endpoint,
    at: datetime,
    since: datetime | None = None,
    sends_accepted: bool = False,
    sends_missed: bool = False,
    batch: int = BATCH,
) -> Resend:
    """Begin to send an endpoint again what it was sent since a moment, the oldest first.

    The first batch is made due at once; a task does the others, as fast as the endpoint takes
    them. What is on its way at this moment is sent once more.

    Args:
        endpoint: The endpoint.
        at: The moment.
        since: From when on; None for thirty days, which is also the most.
        sends_accepted: Whether what it accepted is sent too.
        sends_missed: Whether what happened while it was disabled is sent first.
        batch: How many are made due at once.

    Returns:
        The resend, which may have ended already.

    Raises:
        InvalidRequest: If the endpoint is disabled or deleted, another resend of it runs, the
            moment is still to come, or there is nothing to be sent.
    """
    since = max(since or at - RESENT_FOR, at - RESENT_FOR)
    if since > at:
        raise InvalidRequest(
            "This moment is still to come: name one that has passed.", param="since"
        )
    resend_id = request_context.reserved_id("rsd")
    if request_context.current().is_recovery:
        if done := Resend.objects.filter(id=resend_id).first():
            return done
    with atomic():
        endpoint = lock_one(Endpoint.objects.all(), endpoint.id, kind="webhook_endpoint")
        deliveries.check_endpoint(endpoint)
        if Resend.objects.filter(endpoint=endpoint, status=ResendStatus.RUNNING).exists():
            raise InvalidRequest(
                "A resend of this endpoint runs already: wait until it has ended, or stop it."
            )
        now = new_id("dlv")
        row = Resend(
            id=resend_id,
            account_id=endpoint.account_id,
            livemode=endpoint.livemode,
            endpoint=endpoint,
            sends_accepted=sends_accepted,
            sends_missed=sends_missed,
            since=since,
            after=earlier(now, at - since),
            until=now,
            created_at=at,
        )
        missing = missed.count(endpoint) if sends_missed else 0
        row.total = _left(row).count() + missing
        if not row.total:
            raise InvalidRequest(_nothing(row))
        row.save(force_insert=True)
        trail.record(_action(row), endpoint, changes={"deliveries": (None, row.total)})
        enqueue("webhooks.resend")
    with_retries(lambda: step(row.id, at=at, batch=batch))
    row.refresh_from_db()
    return row


def _nothing(row: Resend) -> str:
    if row.sends_missed:
        return "This endpoint has missed nothing, so there is nothing to send."
    if row.sends_accepted:
        return "Nothing was sent to it since then, so there is nothing to send again."
    return "Nothing has failed here since then, so there is nothing to send."


def _action(row: Resend) -> str:
    if row.sends_missed:
        return "endpoint.missed_sent"
    return "endpoint.all_resent" if row.sends_accepted else "endpoint.failed_resent"


def stop(*, endpoint: Endpoint, at: datetime, resend_id: str | None = None) -> Resend:
    """Stop the resend of an endpoint that runs; what is made due already is still sent.

    Args:
        endpoint: The endpoint.
        at: The moment.
        resend_id: The one that is meant; None for the one that runs.

    Raises:
        Missing: If the endpoint has no such resend.
        InvalidRequest: If it does not run.
    """
    with atomic():
        if resend_id is None:
            row = lock_rows(_running().filter(endpoint_id=endpoint.id)).first()
        else:
            row = lock_one(queries.resends(endpoint), resend_id, kind="webhook_endpoint.resend")
            if request_context.current().is_recovery and row.status == ResendStatus.STOPPED:
                return row
        if row is None or row.status != ResendStatus.RUNNING:
            raise InvalidRequest("No resend of this endpoint runs any more.")
        _end(row, ResendStatus.STOPPED, at=at)
        told = f"{row.sent} of {row.total} sent"
        trail.record("endpoint.resend_stopped", endpoint, changes={"resend": (None, told)})
    return row


def last(endpoint_id: str) -> Resend | None:
    """Return the newest resend of an endpoint."""
    return Resend.objects.filter(endpoint_id=endpoint_id).order_by("-id").first()


def progress(resend_id: str) -> Progress:
    """Return how far a resend is."""
    row = Resend.objects.get(id=resend_id)
    return Progress(row.id, row.endpoint_id, row.status, row.sent, row.total, row.since)


def make_due(*, at: datetime, seconds: float = WORKING_SECONDS) -> None:
    """Go on with all resends for a while, each as far as its endpoint follows."""
    end = time.monotonic() + seconds
    while running := list(_running().order_by("id").values_list("id", flat=True)):
        moved = [with_retries(partial(step, one, at=at)) for one in running]
        if time.monotonic() >= end:
            return
        if not any(moved):
            time.sleep(_PAUSE_SECONDS)


def step(
    resend_id: str, *, at: datetime, batch: int = BATCH, most_waiting: int = MOST_WAITING
) -> int:
    """Make the next batch of a resend due, all or nothing; whoever dies before it has done none.

    Args:
        resend_id: `rsd_...`.
        at: The moment.
        batch: How many at once.
        most_waiting: Nothing is done while so many wait for their first try.

    Returns:
        How many are sent again; 0 while enough wait, and when it has ended.
    """
    with atomic():
        row = lock_rows(_running().filter(id=resend_id), skip_locked=True).first()
        if row is None:
            return 0
        endpoint = row.endpoint
        if not endpoint.is_enabled or endpoint.deleted_at is not None:
            _end(row, ResendStatus.STOPPED, at=at)
            return 0
        if _waiting(endpoint) >= most_waiting:
            return 0
        count, is_over = _send_missed(row, at=at) if row.sends_missed else (0, True)
        if is_over:
            again, is_over = _send_again(row, at=at, batch=batch)
            count += again
        row.sent += count
        if is_over:
            row.move_to(ResendStatus.DONE)
            row.ended_at = at
        row.save(update_fields=_WRITTEN)
    return count


def _send_missed(row: Resend, *, at: datetime) -> tuple[int, bool]:
    endpoint = lock_one(Endpoint.objects.all(), row.endpoint_id, kind="webhook_endpoint")
    count = missed.send_batch(endpoint, at=at) if endpoint.missed_after else 0
    return count, not endpoint.missed_after


def _send_again(row: Resend, *, at: datetime, batch: int) -> tuple[int, bool]:
    require_transaction()
    ids = list(lock_rows(_left(row).order_by("id")).values_list("id", flat=True)[:batch])
    if not ids:
        return 0, True
    # Every state but the first may go back to the beginning.
    Delivery.objects.filter(id__in=ids).update(
        status=DeliveryStatus.PENDING,
        next_attempt_at=at,
        ended_at=None,
        attempts_before_resend=F("attempt_count"),
    )
    # Who asks for it believes that the endpoint answers again.
    resting = Endpoint.objects.filter(id=row.endpoint_id).exclude(paused_until=None)
    resting.update(paused_until=None)
    hints.publish_after_commit(hints.DELIVERIES)
    row.after = ids[-1]
    return len(ids), len(ids) < batch


def _left(row: Resend) -> QuerySet[Delivery]:
    """Return what a resend has still to send."""
    rows = Delivery.objects.filter(endpoint_id=row.endpoint_id, id__gt=row.after, id__lte=row.until)
    if row.sends_accepted:
        return rows.filter(~Q(status=DeliveryStatus.PENDING))
    return rows.filter(status__in=UNACCEPTED)


def _waiting(endpoint: Endpoint) -> int:
    due = queries.waiting(endpoint.id).filter(status=DeliveryStatus.PENDING)
    return len(due.values("pk")[:MOST_WAITING])


def _running() -> QuerySet[Resend]:
    return Resend.objects.filter(status=ResendStatus.RUNNING)


def _end(row: Resend, status: ResendStatus, *, at: datetime) -> None:
    row.move_to(status)
    row.ended_at = at
    row.save(update_fields=_WRITTEN)
