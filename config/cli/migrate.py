import json
import os
from typing import Annotated

import typer

from config.cli import running
from config.launcher import database
from config.launcher.progress import say, step


def migrate(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Bring the database to this release, and grant the application what it may do.

    Needs DATABASE_OWNER_URL, which owns the tables, and DATABASE_URL, which may only use them.
    Run it before the programs of a new release start. To run it again does no harm.
    """
    owner_url = running.owner_url()
    database.check_logins(owner_url, os.environ.get("DATABASE_URL"))
    with step("Migrating"):
        database.prepare(owner_url)
        database.migrate(os.environ, owner_url)
    if as_json:
        print(json.dumps({"ok": True}))
    else:
        say("The database is as this release wants it.")
