"""Reaching the home that runs."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from socket import gethostname

from config.launcher import database, problems, processes, programs
from config.launcher.home import Home
from config.launcher.problems import Problem
from config.launcher.progress import complain
from core.types import JsonObject


def is_installed() -> bool:
    """Return whether this is a real installation, whose addresses the environment names."""
    return os.environ.get("DJANGO_SETTINGS_MODULE") == "config.settings.prod"


def enter(process: str = "cli", *, as_owner: bool = False) -> Home:
    """Load Django with the databases of the running home, or of the installation.

    Args:
        process: Shown to the database as who asks.
        as_owner: Whether it acts as the tables' owner instead of as the application.

    Raises:
        Problem: If nothing runs, or the owner's address is not known.
    """
    home = Home.of_environment()
    owner = database.as_owner(owner_url()) if as_owner else {}
    if not is_installed():
        os.environ.update(environment(home))
    os.environ.pop("DATABASE_OWNER_URL", None)
    os.environ.update(owner | {"RIALTO_PROCESS": f"rialto {process}"})
    # Only now: Django reads its settings when it is first imported.
    import django

    django.setup()
    from core.security import actor

    actor.become(actor.Actor(actor.ActorKind.COMMAND_LINE, name=who()))
    return home


def environment(home: Home) -> dict[str, str]:
    """Return the environment of what runs in a home, or in an installation.

    Raises:
        Problem: If neither a running home nor the environment names a database.
    """
    if is_installed():
        return {"MALLOC_ARENA_MAX": "2", **os.environ}
    named = addresses(home)
    if not home.run.exists():
        home.make()
    return programs.environment(home, named)


def who() -> str:
    """Return who the machine says uses the command line, and which machine."""
    try:
        name = getuser()
    except (KeyError, OSError):
        # Containers run as numbers that no list of users knows.
        name = f"user {os.getuid()}"
    return f"{name} at {gethostname()}"


def owner_url() -> str:
    """Return the address of whoever owns the tables.

    Raises:
        Problem: If nothing runs, or an installation does not say it.
    """
    if named := os.environ.get("DATABASE_OWNER_URL"):
        return named
    if is_installed():
        raise Problem(
            "Set DATABASE_OWNER_URL for this command: it acts as the tables' owner.",
            problems.USAGE,
        )
    where = addresses(Home.of_environment())
    return where.get("DATABASE_OWNER_URL") or where["DATABASE_URL"]


def addresses(home: Home) -> dict[str, str]:
    """Return where the databases of a running home are, or else those of the environment.

    Raises:
        Problem: If nothing runs, and the environment names no database.
    """
    try:
        found: dict[str, str] = json.loads(home.environment_file.read_text())
    except OSError as error:
        if named := os.environ.get("DATABASE_URL"):
            redis = os.environ.get("REDIS_URL")
            return {"DATABASE_URL": named} | ({"REDIS_URL": redis} if redis else {})
        raise _not_running(home) from error
    return found


def may_be_one_login() -> bool:
    """Return whether the application may log in as the owner: on one's own machine, unless said."""
    return not is_installed() and "DATABASE_OWNER_URL" not in os.environ


def credentials(home: Home) -> JsonObject:
    """Return what `credentials.json` says.

    Raises:
        Problem: If there is none.
    """
    try:
        kept: JsonObject = json.loads(home.credentials.read_text())
    except OSError as error:
        if is_installed():
            raise Problem(
                "There is no demo platform here: say which account, acct_…", problems.USAGE
            ) from error
        raise _not_running(home) from error
    return kept


@contextmanager
def exclusive(home: Home, what: str) -> Iterator[None]:
    """Wait until nobody else does the same in this home, and keep others waiting meanwhile.

    Args:
        home: The home.
        what: The command that two must not run at once.
    """
    with open(home.run / f"{what}.lock", "a", opener=processes.private) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            complain(f"Another `rialto {what}` runs in {home.root}; waiting until it has ended.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _not_running(home: Home) -> Problem:
    return Problem(
        f"No Rialto runs in {home.root}. Start one with `make up`, or set RIALTO_HOME.",
        problems.NOT_RUNNING,
    )
