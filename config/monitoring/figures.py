"""What is asked of the database and of Redis when somebody reads the metrics, and never before."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from api import heartbeats
from config.celery import TASK_QUEUES
from config.web.health import redis_client
from connect.payouts import queries as payouts
from ledger.audit import runs
from ledger.rollups import balance_rollups
from payments import queries as payments
from webhooks import queries as webhooks
from webhooks.engine import leases

# Every event of this long is held against its deliveries, and no more often than every so often:
# it is the one figure that reads many rows.
_CONSERVATION_OVER: Final = timedelta(minutes=10)
_CONSERVATION_KEPT_SECONDS: Final = 300
_CONSERVATION: Final = "rialto-conservation"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, as it is now.

    Args:
        name: Of the metric.
        help: What it tells.
        samples: Values by their labels.
        labels: The labels' names.
    """

    name: str
    help: str
    samples: tuple[tuple[tuple[str, ...], float], ...]
    labels: tuple[str, ...] = ()


Ask = Callable[[], Iterable[Figure]]


def _one(name: str, help: str, value: float) -> Figure:
    return Figure(name, help, (((), float(value)),))


def _queues() -> Iterator[Figure]:
    with redis_client() as client:
        waiting = tuple(((queue,), float(client.llen(queue))) for queue in TASK_QUEUES)
        taken = float(client.hlen("unacked"))
    yield Figure("rialto_queue_tasks", "Tasks that wait for a worker.", waiting, ("queue",))
    yield _one("rialto_tasks_taken", "Tasks that a worker has taken and not ended.", taken)


def _relay() -> Iterator[Figure]:
    yield _one(
        "rialto_relay_lag_seconds",
        "Age of the oldest event that is not fanned out; 0 if all are.",
        webhooks.relay_lag_seconds(),
    )
    yield _one(
        "rialto_fold_lag_seconds",
        "Since the fold knew of everything that had committed: a transaction that does not end "
        "holds the horizon.",
        balance_rollups.lag().seconds,
    )


def _deliveries() -> Iterator[Figure]:
    backlog = webhooks.backlog(at=timezone.now())
    yield _one("rialto_deliveries_due", "Deliveries that are due, up to 100,000.", backlog.due)
    yield _one(
        "rialto_deliveries_oldest_due_seconds",
        "How long the oldest of them has been due.",
        backlog.oldest_seconds,
    )


def _conservation() -> Iterator[Figure]:
    missing = cache.get(_CONSERVATION)
    if missing is None:
        kept = webhooks.conservation(since=timezone.now() - _CONSERVATION_OVER)
        missing = abs(kept.events - kept.events_there) + abs(kept.expected - kept.deliveries)
        cache.set(_CONSERVATION, missing, _CONSERVATION_KEPT_SECONDS)
    yield _one(
        "rialto_deliveries_unaccounted",
        "Events and deliveries of ten minutes that are not what the relay wrote down.",
        missing,
    )


def _unknown() -> Iterator[Figure]:
    at = timezone.now()
    kinds = (("payments", payments.unresolved(at=at)), ("payouts", payouts.unresolved(at=at)))
    yield Figure(
        "rialto_unknown_outcomes",
        "Requests to processors of which nobody can say whether money moved.",
        tuple(((kind,), float(count)) for kind, (count, _) in kinds),
        ("kind",),
    )
    yield Figure(
        "rialto_unknown_oldest_seconds",
        "How long the oldest of them has been unknown; 0 if there is none.",
        tuple(((kind,), seconds) for kind, (_, seconds) in kinds),
        ("kind",),
    )


def _books() -> Iterator[Figure]:
    run = runs.last_result()
    if run is None or run.ended_at is None:
        return
    yield _one("rialto_books_findings", "What the last check of the books found.", run.findings)
    yield _one(
        "rialto_books_checked_seconds",
        "Since the last check of the books ended.",
        (timezone.now() - run.ended_at).total_seconds(),
    )


def _heartbeats() -> Iterator[Figure]:
    seen = tuple(
        ((one.program, one.host, str(one.process)), one.seconds) for one in heartbeats.all_seen()
    )
    yield Figure(
        "rialto_heartbeat_age_seconds",
        "Since a program wrote that it works.",
        seen,
        ("program", "host", "process"),
    )
    senders = leases.ages()
    yield Figure(
        "rialto_engine_age_seconds",
        "Since an engine that sends webhooks renewed what it holds.",
        tuple(((engine,), seconds) for engine, seconds in senders),
        ("engine",),
    )


def _database() -> Iterator[Figure]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(nullif(application_name, ''), 'other'), count(*) "
            "FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1 ORDER BY 1"
        )
        used = tuple(((name,), float(count)) for name, count in cursor.fetchall())
        cursor.execute("SELECT current_setting('max_connections')::int")
        (most,) = cursor.fetchone()
    yield Figure("rialto_database_connections", "Connections to the database.", used, ("program",))
    yield _one("rialto_database_connections_most", "How many PostgreSQL allows.", most)


def _disk() -> Iterator[Figure]:
    free = shutil.disk_usage(settings.RIALTO_HOME).free
    yield _one("rialto_disk_free_bytes", "What is free where the home is.", free)


# What is asked, each by itself: one that fails says so, and the others are told.
ASKED: Final[dict[str, Ask]] = {
    "books": _books,
    "conservation": _conservation,
    "database": _database,
    "deliveries": _deliveries,
    "disk": _disk,
    "heartbeats": _heartbeats,
    "queues": _queues,
    "relay": _relay,
    "unknown": _unknown,
}
