"""`/health`, and what `rialto doctor` and `/readyz` tell of it: does everything move?"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from api import heartbeats
from config.celery import TASK_QUEUES
from config.launcher.home import NEEDED_BYTES
from config.monitoring import tokens
from connect.payouts import queries as payouts
from ledger.rollups import balance_rollups
from payments import queries as payments
from webhooks import queries as webhooks

NEEDED: Final = ("relay", "beat", *(f"worker {queue}" for queue in TASK_QUEUES))

_LONGEST_LAG_SECONDS: Final = 60.0
_LONGEST_DUE_SECONDS: Final = 300.0
_LONGEST_UNKNOWN_SECONDS: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Args:
        is_well: False if somebody should look.
        detail: In words.
        seconds: How old the oldest of it is, where that is what counts.
    """

    is_well: bool
    detail: str
    seconds: float | None = None


def programs() -> Found:
    """Look whether every program writes that it works."""
    seen = heartbeats.all_seen()
    wrong = heartbeats.standing_still(seen, NEEDED)
    oldest = max((one.seconds for one in seen), default=None)
    if wrong:
        return Found(is_well=False, detail="; ".join(wrong), seconds=oldest)
    names = sorted({one.program for one in seen})
    return Found(is_well=True, detail=", ".join(names), seconds=oldest)


def relay() -> Found:
    """Look how long the oldest event waits for the relay."""
    seconds = webhooks.relay_lag_seconds()
    return Found(
        seconds <= _LONGEST_LAG_SECONDS,
        f"the oldest event that is not fanned out is {seconds:.0f} s old",
        seconds,
    )


def horizon() -> Found:
    """Look whether a transaction that does not end holds everything up, whoever's it is."""
    lag = balance_rollups.lag()
    detail = f"the ledger's fold is {lag.seconds:.0f} s behind"
    is_well = lag.seconds <= balance_rollups.ALARM_SECONDS
    if not is_well and lag.process is not None:
        detail += (
            f": the transaction of database process {lag.process} has not ended; to end it, "
            f"SELECT pg_terminate_backend({lag.process})"
        )
    return Found(is_well, detail, lag.seconds)


def backlog() -> Found:
    """Look how long webhooks wait that could be sent."""
    found = webhooks.backlog(at=timezone.now())
    return Found(
        found.oldest_seconds <= _LONGEST_DUE_SECONDS,
        f"{found.due:,} deliveries are due, the oldest for {found.oldest_seconds:.0f} s",
        found.oldest_seconds,
    )


def unknown() -> Found:
    """Look how long nobody has been able to say whether money moved."""
    at = timezone.now()
    of_payments, of_payouts = payments.unresolved(at=at), payouts.unresolved(at=at)
    seconds = max(of_payments[1], of_payouts[1])
    return Found(
        seconds <= _LONGEST_UNKNOWN_SECONDS,
        f"{of_payments[0]} payments and {of_payouts[0]} payouts have an unknown outcome, "
        f"the oldest for {seconds:.0f} s",
        seconds,
    )


def disk() -> Found:
    """Look whether there is room where the home is."""
    free = shutil.disk_usage(settings.RIALTO_HOME).free
    return Found(free >= NEEDED_BYTES, f"{free / 1e9:.1f} GB free at {settings.RIALTO_HOME}")


# What is looked at, each by itself.
LOOKS: Final[dict[str, Callable[[], Found]]] = {
    "programs": programs,
    "relay": relay,
    "horizon": horizon,
    "backlog": backlog,
    "unknown": unknown,
    "disk": disk,
}


def health(request: HttpRequest) -> JsonResponse:
    """Answer with everything, to whoever has the token; 503 if somebody should look."""
    if (refused := tokens.refusal(request)) is not None:
        return refused
    found = {name: _found(look) for name, look in LOOKS.items()}
    is_well = all(one.is_well for one in found.values())
    body = {
        "status": "ok" if is_well else "degraded",
        "checks": {
            name: {
                "status": "ok" if one.is_well else "failed",
                "detail": one.detail,
                "seconds": None if one.seconds is None else round(one.seconds, 1),
            }
            for name, one in found.items()
        },
        "programs": _seen(),
    }
    return JsonResponse(body, status=200 if is_well else 503)


def _found(look: Callable[[], Found]) -> Found:
    try:
        return look()
    except Exception as error:
        # The next one must not meet the broken connection again.
        connection.close()
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return Found(is_well=False, detail=lines[0])


def _seen() -> list[dict[str, object]]:
    try:
        seen = heartbeats.all_seen()
    except Exception:
        # The check of the programs says why: the next one must not meet the broken connection.
        connection.close()
        return []
    return [
        {
            "program": one.program,
            "host": one.host,
            "process": one.process,
            "seconds": round(one.seconds, 1),
        }
        for one in seen
    ]
