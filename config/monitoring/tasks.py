"""What workers show that they work with: a task for each queue."""

import os
from typing import Any, Final

from celery import shared_task
from celery.signals import worker_ready
from django.db import connection

from config.monitoring import pulse
from config.monitoring.pulse import Pulse

_PULSES: Final[dict[tuple[int, str], Pulse]] = {}


@shared_task(name="config.pulse", bind=True)
def beat(task: Any, /, **_: object) -> None:
    """Write that whoever works for this queue does."""
    _pulse(str((task.request.delivery_info or {}).get("routing_key") or "default")).note()


@worker_ready.connect
def _begin(sender: Any, **_: object) -> None:
    """Be known from the first moment, and to the supervisor as long as the process runs."""
    pulse.touch_in_thread("worker")
    for queue in sender.app.amqp.queues.consume_from:
        _pulse(queue).note()
    # This thread asks the database nothing more.
    connection.close()


def _pulse(queue: str) -> Pulse:
    return _PULSES.setdefault((os.getpid(), queue), Pulse(f"worker {queue}"))
