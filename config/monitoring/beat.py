"""Celery's own clock, which shows that it goes."""

from typing import Any

from celery.beat import PersistentScheduler
from django.db import connection

from config.monitoring import pulse
from config.monitoring.pulse import Pulse


class Scheduler(PersistentScheduler):
    """The scheduler of Celery, with a pulse."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pulse: Pulse | None = None

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Ask for what is due, and write from time to time that somebody does."""
        seconds = super().tick(*args, **kwargs)
        if self._pulse is None:
            # Not before: whoever only looks at the schedule is no clock.
            pulse.touch_in_thread("beat")
            self._pulse = Pulse("beat")
        if self._pulse.note():
            # Nothing else is asked of the database here, and a connection costs memory.
            connection.close()
        return seconds
