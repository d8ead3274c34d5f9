import json
import os
from contextlib import nullcontext
from typing import Annotated

import typer

from config.cli import running
from config.launcher import database
from config.launcher.home import Home
from config.launcher.progress import say, step


def migrate(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Bring the database to this release, and grant the application what it may do.

    Needs DATABASE_OWNER_URL, which owns the tables, and DATABASE_URL, which may only use them. On
    one's own machine DATABASE_URL is enough: its login then owns them, and steps down to use them.
    Run it before the programs of a new release start. To run it again does no harm.
    """
    owner_url = running.owner_url()
    if not running.may_be_one_login():
        database.check_logins(owner_url, os.environ.get("DATABASE_URL"))
    env = running.environment(Home.of_environment())
    # Standard output is one document then.
    with nullcontext() if as_json else step("Migrating"):
        database.prepare(owner_url)
        database.migrate(env, owner_url)
    if as_json:
        print(json.dumps({"ok": True}))
    else:
        say("The database is as this release wants it.")
