"""Is the process alive, and can it do its work?"""

import logging
from contextlib import suppress
from functools import cache
from pathlib import Path

import redis
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse

from config import logins
from config.monitoring import health as moving
from core.security import watchers

logger = logging.getLogger(__name__)


def livez(request: HttpRequest) -> JsonResponse:
    """Answer; nothing else. Whoever gets no answer should start the process again."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Check the database, its migrations and Redis; 503 asks for no payments."""
    checks = {
        "database": _tell(_database),
        "migrations": _tell(_migrations),
        "redis": _tell(_redis),
    }
    if settings.NEEDS_TWO_LOGINS:
        checks["login"] = _tell(_login)
    is_ready = all(state == "ok" for state in checks.values())
    status = "ok" if is_ready else "unavailable"
    # Told, and no reason to send no payments: what stands still is done later.
    moving = {"programs": _tell(_programs)} if is_ready else {}
    return JsonResponse({"status": status, **checks, **moving}, status=200 if is_ready else 503)


def missing_migrations() -> list[str]:
    """Return the migrations that are files but not rows, as `room.name`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return sorted(".".join(each) for each in _migrations_on_disk() - applied)


def redis_client(seconds: float = 2) -> redis.Redis:
    """Return a client that gives up soon."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=seconds, socket_connect_timeout=seconds
    )


# What was applied once stays applied while this process lives.
_all_applied = False


def _tell(check: object) -> str:
    try:
        return str(check()) if callable(check) else "unknown"
    except Exception as error:
        # Another try must not meet the broken connection again.
        connection.close()
        logger.warning("Not ready: %s", error)
        return "unavailable"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _programs() -> str:
    found = moving.programs()
    return "ok" if found.is_well else found.detail


def _login() -> str:
    return logins.problem() or "ok"


def _migrations() -> str:
    global _all_applied
    if not _all_applied:
        missing = missing_migrations()
        if missing:
            return f"{len(missing)} not applied"
        _all_applied = True
    return "ok"


def _redis() -> str:
    client = redis_client()
    try:
        client.ping()
        with suppress(redis.RedisError):
            # One that is full keeps nothing, and is there all the same.
            watchers.note_asked(client)
    finally:
        client.close()
    return "ok"


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    # Reading the names is enough, and loading all of Django's machinery would cost memory.
    return frozenset(
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in (Path(app.path) / "migrations").glob("[0-9]*.py")
    )
