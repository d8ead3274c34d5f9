"""The loop beside the web: carries events to those who asked, and adds up open accounts."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.db import connection
from django.utils import timezone

from config import logins
from config.monitoring.pulse import Pulse
from ledger.rollups import balance_rollups
from webhooks.services import hints, relay

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.5
# While there is something to carry: long enough for many events to come together, and too
# short to be noticed.
_SHORT_PAUSE_SECONDS = 0.05
_FOLD_EVERY_SECONDS = 1.0
_WATCH_EVERY_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 30.0


class Loop:
    """Runs rounds until it is told to stop."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._failures = 0
        self._fold_at = 0.0
        self._watch_at = 0.0

    def run(self) -> None:
        """Relay and fold until `stop`."""
        pulse = Pulse("relay")
        hint = hints.Listener(hints.EVENTS)
        while not self._over.is_set():
            carried = self.round()
            pulse.beat()
            if self._failures:
                pause = min(_PAUSE_SECONDS * 2**self._failures, _LONGEST_PAUSE_SECONDS)
                self._over.wait(pause)
            elif carried:
                if carried < relay.BATCH:
                    self._over.wait(_SHORT_PAUSE_SECONDS)
            else:
                # Hints are a convenience; without Redis the clock is enough.
                hint.wait(_PAUSE_SECONDS)
        hint.stop()

    def round(self) -> int:
        """Run each job that is due, and tell how many events were carried."""
        carried = self._try(lambda: relay.run_once(at=timezone.now()))
        folded: int | None = 0
        if time.monotonic() >= self._fold_at:
            folded = self._try(balance_rollups.fold_once)
            self._fold_at = time.monotonic() + _FOLD_EVERY_SECONDS
            if folded is not None:
                self._try(self.watch)
        has_failed = carried is None or folded is None
        self._failures = min(self._failures + 1, 10) if has_failed else 0
        return carried or 0

    def watch(self) -> int:
        """Log from time to time that folding is behind, and who holds it."""
        if time.monotonic() < self._watch_at:
            return 0
        self._watch_at = time.monotonic() + _WATCH_EVERY_SECONDS
        lag = balance_rollups.lag()
        if lag.seconds <= balance_rollups.ALARM_SECONDS:
            return 0
        logger.error(
            "The ledger's fold is %.0f s behind: the transaction of database process %s has not "
            "ended. Balances stay exact and get slower to read. To end it: "
            "SELECT pg_terminate_backend(%s).",
            lag.seconds,
            lag.process,
            lag.process,
        )
        return 1

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """End after this round."""
        self._over.set()

    def _try(self, job: Callable[[], int]) -> int | None:
        try:
            return job()
        except Exception:
            logger.exception("A round of the relay failed.")
            # The next round must not meet a broken connection.
            connection.close()
            return None


def run() -> None:
    """Run as a process of its own."""
    logins.refuse_owner()
    loop = Loop()
    signal.signal(signal.SIGTERM, loop.stop)
    signal.signal(signal.SIGINT, loop.stop)
    loop.run()
