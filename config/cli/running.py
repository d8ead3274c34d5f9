"""Reaching the home that runs."""

import json
import os
from typing import Any

from config.launcher import problems, programs
from config.launcher.home import Home
from config.launcher.problems import Problem


def enter(process: str = "cli") -> Home:
    """Load Django with the databases of the running home.

    Args:
        process: Shown to the database as who asks.

    Raises:
        Problem: If nothing runs.
    """
    home = Home.of_environment()
    os.environ.update(programs.environment(home, addresses(home)))
    os.environ["RIALTO_PROCESS"] = f"rialto {process}"
    # Only now: Django reads its settings when it is first imported.
    import django

    django.setup()
    return home


def addresses(home: Home) -> dict[str, str]:
    """Return where the databases of a running home are.

    Raises:
        Problem: If nothing runs.
    """
    try:
        found: dict[str, str] = json.loads(home.environment_file.read_text())
    except OSError as error:
        raise _not_running(home) from error
    return found


def credentials(home: Home) -> dict[str, Any]:
    """Return what `credentials.json` says.

    Raises:
        Problem: If there is none.
    """
    try:
        kept: dict[str, Any] = json.loads(home.credentials.read_text())
    except OSError as error:
        raise _not_running(home) from error
    return kept


def _not_running(home: Home) -> Problem:
    return Problem(
        f"No Rialto runs in {home.root}. Start one with `make up`, or set RIALTO_HOME.",
        problems.NOT_RUNNING,
    )
