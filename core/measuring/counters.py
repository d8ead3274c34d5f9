"""Counts and durations that the processes of a machine add up in files.

Nothing is loaded and nothing counted while no token lets anybody read it. No count asks the
database or Redis anything.
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

# Up to a payment in a slow processor's hands.
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# Whoever sends another one makes no figure of its own.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Counters:
    """Everything that is counted.

    Args:
        requests: Requests, by route, method and status.
        request_seconds: The time until their answers were made, by route.
        processor_requests: What processors were asked, by account, action and outcome.
        processor_seconds: The time until they answered, by account and action.
        tasks: Tasks of workers, by name and how they ended.
        task_seconds: The time that they took, by name.
        attempts: Tries to deliver a webhook, by what came of them.
    """

    requests: "Counter"
    request_seconds: "Histogram"
    processor_requests: "Counter"
    processor_seconds: "Histogram"
    tasks: "Counter"
    task_seconds: "Histogram"
    attempts: "Counter"


def load() -> None:
    """Load what counting needs, so that copies of this process share it."""
    if settings.MONITORING_TOKEN:
        _counters()


def note_request(route: str, method: str | None, status: int, seconds: float) -> None:
    """Count a request that was answered.

    Args:
        route: As the list of addresses has it, without what anybody sent.
        method: Of HTTP, as it was sent.
        status: Of HTTP.
        seconds: Until the answer was made.
    """
    if settings.MONITORING_TOKEN:
        counters = _counters()
        known = method if method in _METHODS else "(other)"
        counters.requests.labels(route, known, str(status)).inc()
        counters.request_seconds.labels(route).observe(seconds)


def note_processor(account: str, action: str, outcome: str, seconds: float) -> None:
    """Count what a processor was asked.

    Args:
        account: The name of the account there.
        action: What it was asked to do.
        outcome: A word of `OutcomeStatus`.
        seconds: Until it answered.
    """
    if settings.MONITORING_TOKEN:
        counters = _counters()
        counters.processor_requests.labels(account, action, outcome).inc()
        counters.processor_seconds.labels(account, action).observe(seconds)


def note_task(name: str, state: str, seconds: float) -> None:
    """Count a task that ended.

    Args:
        name: Of the task.
        state: In small letters, such as `success` or `failure`.
        seconds: That it took.
    """
    if settings.MONITORING_TOKEN:
        counters = _counters()
        counters.tasks.labels(name, state).inc()
        counters.task_seconds.labels(name).observe(seconds)


def note_attempt(outcome: str) -> None:
    """Count a try to deliver a webhook.

    Args:
        outcome: `accepted` or `refused`.
    """
    if settings.MONITORING_TOKEN:
        _counters().attempts.labels(outcome).inc()


@cache
def _counters() -> Counters:
    folder = Path(settings.METRICS_FOLDER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The library asks for the folder when it is first imported, and for ever has what it was told.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from prometheus_client import CollectorRegistry, Counter, Histogram

    # Read from the files, of all processes, and never from here.
    kept = CollectorRegistry()
    return Counters(
        requests=Counter(
            "rialto_requests", "Requests answered.", ("route", "method", "status"), registry=kept
        ),
        request_seconds=Histogram(
            "rialto_request_seconds",
            "Time until an answer was made.",
            ("route",),
            buckets=_SECONDS,
            registry=kept,
        ),
        processor_requests=Counter(
            "rialto_processor_requests",
            "What processors were asked, by what came of it.",
            ("account", "action", "outcome"),
            registry=kept,
        ),
        processor_seconds=Histogram(
            "rialto_processor_seconds",
            "Time until a processor answered.",
            ("account", "action"),
            buckets=_SECONDS,
            registry=kept,
        ),
        tasks=Counter("rialto_tasks", "Tasks ended.", ("task", "state"), registry=kept),
        task_seconds=Histogram(
            "rialto_task_seconds",
            "Time that tasks took.",
            ("task",),
            buckets=_SECONDS,
            registry=kept,
        ),
        attempts=Counter(
            "rialto_delivery_attempts", "Tries to deliver a webhook.", ("outcome",), registry=kept
        ),
    )
