"""Refusing what can wait, so that payments go on when more comes than can be answered.

Two shedders. One keeps places for what is critical, whatever the rest asks for. The other looks at
how long requests wait for a thread, and the longer that lasts the more it refuses: test mode first,
then what reads, then other changes. What is critical is never refused by it.
"""

import base64
import binascii
from collections.abc import Callable
from enum import IntEnum
from typing import Final

from config.door.bodies import Refused
from config.door.environ import Environ

# From the first refusal in test mode to the last of what may be refused, and back.
RISE_SECONDS: Final = 30.0
FALL_SECONDS: Final = 120.0
# Nobody knows how it was while nobody asked.
_LONGEST_STEP_SECONDS: Final = 1.0
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# What moves money, and where payers and processors are.
_MONEY: Final = tuple(
    f"/v1/{name}"
    for name in (
        "payment_intents", "charges", "refunds", "setup_intents", "payouts", "transfers",
        "disputes", "tokens", "confirmation_tokens", "payment_methods", "elements/",
        "payment_pages", "application_fees",
    )
)  # fmt: skip
_ALWAYS: Final = (
    "/inbound/", "/c/", "/l/", "/3d-secure/", "/next-action/", "/livez", "/readyz", "/health",
    "/metrics",
)  # fmt: skip
_PUBLIC_KEY: Final = "pk_live_"
_TEST_KEYS: Final = ("sk_test_", "rk_test_", "pk_test_", "ek_test_")


class Rank(IntEnum):
    """How well a request can wait: the least goes last."""

    CRITICAL = 0
    CHANGE = 1
    READ = 2
    TEST = 3


def rank_of(environ: Environ) -> Rank:
    """Return how well a request can wait."""
    path, is_read = str(environ["PATH_INFO"]), environ["REQUEST_METHOD"] in _READS
    if path.startswith(_ALWAYS):
        return Rank.CRITICAL
    key = _key_of(environ)
    if key.startswith(_TEST_KEYS):
        return Rank.TEST
    if path.startswith(_MONEY) and (not is_read or key.startswith(_PUBLIC_KEY)):
        return Rank.CRITICAL
    return Rank.READ if is_read else Rank.CHANGE


def _key_of(environ: Environ) -> str:
    scheme, _, rest = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() != "basic":
        return rest.strip()
    try:
        return base64.b64decode(rest.strip(), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


class Shedder:
    """Refuses what can wait. Only the event loop's thread uses it.

    Args:
        places: How many requests may be in the house, those that are being answered included.
        reserved_percent: The part of the places that is kept for what is critical.
        wait_seconds: A longer wait for a thread is too long; 0 never is.
        clock: Tells seconds, and never goes back.
    """

    def __init__(
        self,
        *,
        places: int,
        reserved_percent: int,
        wait_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._places = places
        self._for_all = places * (100 - reserved_percent) // 100
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._seen_at = clock()
        # From 0, where nothing is refused, to 3, where all is but what is critical.
        self._level = 0.0
        self._shares = dict.fromkeys(Rank, 0.0)

    def check(self, rank: Rank, *, inside: int, queued: int, waited: float) -> None:
        """Let a request in, or refuse it.

        Args:
            rank: How well it can wait.
            inside: How many requests are in the house.
            queued: How many of them wait for a thread.
            waited: How long the last one that got a thread had waited, in seconds.

        Raises:
            Refused: If it can wait, and has to.
        """
        self._look(is_over=bool(self._wait_seconds and queued and waited > self._wait_seconds))
        if inside >= (self._places if rank is Rank.CRITICAL else self._for_all):
            raise _full()
        # The share of its rank that is refused now: 1 of the test mode before any of what reads.
        share = min(1.0, max(0.0, self._level - (Rank.TEST - rank)))
        if rank is Rank.CRITICAL or not share:
            return
        self._shares[rank] += share
        if self._shares[rank] >= 1:
            self._shares[rank] -= 1
            raise _full()

    def _look(self, *, is_over: bool) -> None:
        now = self._clock()
        passed, self._seen_at = now - self._seen_at, now
        if is_over:
            rise = min(passed, _LONGEST_STEP_SECONDS) * Rank.TEST / RISE_SECONDS
            self._level = min(float(Rank.TEST), round(self._level + rise, 9))
        else:
            self._level = max(0.0, self._level - passed * Rank.TEST / FALL_SECONDS)


def _full() -> Refused:
    return Refused(503, "Too many requests wait already. Send it again in a moment.")
