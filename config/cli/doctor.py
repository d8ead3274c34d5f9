"""`rialto doctor`: looks at everything that is known to go wrong."""

import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

import typer
from rich.table import Table

from config.cli import running
from config.cli.live import show_checklist
from config.launcher import home as homes
from config.launcher import problems, processes
from config.launcher.home import Home
from config.launcher.problems import Problem
from config.launcher.progress import console

_MONEY = ("ledger_journalentry", "ledger_posting", "ledger_guardedbalance")
_LITTLE_BYTES = 10_000_000
_LONGEST_CLOCK_DIFFERENCE_SECONDS = 2.0
_MOVING = ("programs", "relay", "horizon", "backlog", "unknown")
_STYLES = {"ok": "green", "failed": "red", "skipped": "dim"}


@dataclass(frozen=True)
class Result:
    """The result of a check."""

    check: str
    status: str
    detail: str


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    live: Annotated[
        bool, typer.Option("--live", help="Look at what live payments ask for instead.")
    ] = False,
) -> None:
    """Look at this machine and this home. Exit code 10 if something is wrong.

    With --live: the checklist of going live; exit code 10 while something necessary is missing.
    """
    if live:
        show_checklist(as_json=as_json)
        return
    home = Home.of_environment()
    results = list(_examine(home))
    is_well = all(result.status != "failed" for result in results)
    if as_json:
        print(json.dumps({"ok": is_well, "checks": [asdict(result) for result in results]}))
    else:
        table = Table("Check", "", "Found", title=str(home.root))
        for result in results:
            style = _STYLES[result.status]
            table.add_row(result.check, f"[{style}]{result.status}[/]", result.detail)
        console.print(table)
    if not is_well:
        raise typer.Exit(problems.UNHEALTHY)


def _examine(home: Home) -> Iterator[Result]:
    is_installed = running.is_installed()
    is_running = is_installed or home.environment_file.exists()
    yield _run("python", _python)
    yield _run("home", lambda: _home(home))
    yield _run("disk", lambda: _disk(home))
    if not is_installed:
        yield _run("port", lambda: _port(home, is_running=is_running))
    inside: dict[str, Callable[[], str]] = {
        "programs": lambda: _programs(home),
        "database": _database,
        "role": _role,
        "logins": _logins,
        "grants": _grants,
        "migrations": _migrations,
        "redis": _redis,
        "clock": _clock,
        "deliveries": _deliveries,
        "partitions": _partitions,
        **{f"{name} at work": partial(_look, name) for name in _MOVING},
    }
    if is_installed:
        # Somebody else's process manager looks after them.
        del inside["programs"]
    if is_running:
        running.enter("doctor")
    for name, check in inside.items():
        if is_running:
            yield _run(name, check)
        else:
            yield Result(name, "skipped", "nothing runs here: `make up`")


def _run(name: str, check: Callable[[], str]) -> Result:
    try:
        return Result(name, "ok", check())
    except Problem as problem:
        return Result(name, "failed", problem.message)
    except Exception as error:
        lines = str(error).strip().splitlines()
        return Result(name, "failed", lines[0] if lines else type(error).__name__)


def _deliveries() -> str:
    """Hold what endpoints were owed in a day against what became of it."""
    from webhooks.queries import conservation

    kept = conservation(since=datetime.now(UTC) - timedelta(days=1))
    told = (
        f"{kept.events:,} events, {kept.expected:,} owed in a day = {kept.delivered:,} delivered"
        f" + {kept.pending:,} waiting + {kept.exhausted:,} given up + {kept.canceled:,} canceled"
    )
    if not kept.holds:
        raise _fail(
            f"{told}: {kept.events_there:,} events and {kept.deliveries:,} deliveries are there."
            " See the runbook of deliveries that back up."
        )
    return told


def _partitions() -> str:
    """Look whether tables have partitions for what comes, and have none that are too old."""
    from django.conf import settings

    from core.database import partitions

    states = [partitions.look(table, age) for table, age in settings.KEPT_FOR.items()]
    for state in states:
        if not state.is_ahead:
            raise _fail(f"{state.table} has none for what comes: is beat running, and a worker?")
        if state.stray:
            raise _fail(f"{state.table}_rest should be empty; rows there: {state.stray:,}")
        if state.has_old:
            raise _fail(
                f"{state.table} has some that should be gone: does `api.prune` run? Is all sent?"
            )
    return ", ".join(state.table for state in states)


def _look(name: str) -> str:
    """Look whether what should move does: programs, events, deliveries, unknown outcomes."""
    from config.monitoring import health

    found = health.LOOKS[name]()
    if not found.is_well:
        raise _fail(found.detail)
    return found.detail


def _fail(message: str) -> Problem:
    return Problem(message, problems.UNHEALTHY)


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _home(home: Home) -> str:
    if not home.root.exists():
        return f"{home.root} will be made"
    if not os.access(home.root, os.W_OK):
        raise _fail(f"{home.root} cannot be written; set RIALTO_HOME to a folder of yours")
    if home.credentials.exists() and home.credentials.stat().st_mode & 0o077:
        raise _fail(f"others may read the keys: chmod 600 {home.credentials}")
    return str(home.root)


def _disk(home: Home) -> str:
    place = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    # The servers of an installation are elsewhere, and the home of a container is in memory.
    if free < (_LITTLE_BYTES if running.is_installed() else homes.NEEDED_BYTES):
        raise problems.disk_full(place)
    return f"{free / 1e9:.1f} GB free"


def _port(home: Home, *, is_running: bool) -> str:
    if not is_running:
        homes.check_port(home)
        return f"{home.port} is free"
    try:
        socket.create_connection(("127.0.0.1", home.port), timeout=3).close()
    except OSError as error:
        raise _fail(f"nobody answers at port {home.port}; see {home.logs}/web.log") from error
    return f"{home.port} answers"


def _programs(home: Home) -> str:
    children: dict[str, int] = json.loads((home.run / "children.json").read_text())
    gone = [name for name, pid in children.items() if not processes.is_alive(pid, "")]
    if gone:
        raise _fail(f"{', '.join(gone)} ended; see {home.logs}")
    return ", ".join(children)


def _ask(question: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


def _database() -> str:
    return f"PostgreSQL {_ask('SHOW server_version')}"


def _role() -> str:
    role = _ask("SELECT current_user")
    if role != "rialto_app":
        raise _fail(f"the application is {role}; it must be rialto_app, which owns nothing")
    return role


def _logins() -> str:
    from django.conf import settings

    from config import logins

    if not (found := logins.problem()):
        return "the owner is another login"
    if settings.NEEDS_TWO_LOGINS:
        raise _fail(found)
    return "one login for both: not for production"


def _grants() -> str:
    for table in _MONEY:
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            if _ask(f"SELECT has_table_privilege('{table}', '{right}')") == "True":
                raise _fail(f"rialto_app may {right} {table}: `rialto migrate`")
    return "money cannot be rewritten"


def _migrations() -> str:
    from config.web.health import missing_migrations

    if missing := missing_migrations():
        raise _fail(f"not applied: {', '.join(missing[:3])}; stop and start again")
    return "all applied"


def _redis() -> str:
    from config.web.health import redis_client
    from core.limits import connections

    client = redis_client()
    with client:
        version = client.info("server")["redis_version"]
    try:
        connections.run([], [0])
    except connections.Away as error:
        raise _fail(
            f"Redis {version} does not count limits, so each web process counts alone "
            f"({error.__cause__}): give Rialto's user `+evalsha +script|load`, as "
            "docs/how-to/run-it.md says"
        ) from error
    return f"Redis {version}, which counts limits"


def _clock() -> str:
    there = datetime.fromisoformat(_ask("SELECT clock_timestamp()"))
    difference = abs((datetime.now(UTC) - there).total_seconds())
    if difference > _LONGEST_CLOCK_DIFFERENCE_SECONDS:
        raise _fail(f"the database's clock differs by {difference:.1f} s; set both by NTP")
    return f"within {difference:.2f} s of the database's"
