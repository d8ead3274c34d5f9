"""The `rialto` command."""

import errno
import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from config.cli import (
    audit,
    doctor,
    keys,
    ledger,
    ledger_books,
    library,
    live,
    migrate,
    operators,
    platforms,
    processors,
    routing,
    up,
)
from config.cli.developers import events, listen, logs, trigger
from config.deployment import secret_files
from config.incidents import commands as incidents
from config.launcher import places, problems
from config.launcher.problems import Problem
from config.launcher.progress import complain
from config.privacy import commands as people
from config.secrets import commands as secrets

_EXIT_CODES = """
Exit codes: 0 done · 1 failed · 2 wrong usage · 3 home in use · 4 port busy · 5 disk full ·
6 home not writable · 7 a server did not start · 8 nothing runs here ·
9 the books or the audit trail are wrong · 10 the doctor found something.
"""

app = typer.Typer(
    name="rialto",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up")(up.up)
app.command("serve")(up.serve)
app.command("doctor")(doctor.doctor)
app.command("deliver")(up.deliver)
app.command("migrate")(migrate.migrate)
app.command("library")(library.library)
app.add_typer(operators.app, name="operators")
app.add_typer(platforms.app, name="platforms")
app.add_typer(keys.app, name="keys")
app.add_typer(processors.app, name="processors")
ledger_books.register(ledger.app)
app.add_typer(ledger.app, name="ledger")
app.add_typer(audit.app, name="audit")
app.add_typer(secrets.app, name="secrets")
app.add_typer(incidents.app, name="incidents")
app.add_typer(people.app, name="people")
app.add_typer(routing.app, name="routing")
app.add_typer(live.app, name="live")
app.add_typer(events.app, name="events")
app.command("listen")(listen.listen)
app.command("trigger")(trigger.trigger)
app.add_typer(logs.app, name="logs")

if importlib.util.find_spec("config.cli.demo"):
    app.command("demo")(importlib.import_module("config.cli.demo").demo)


def _tell_version(asked: bool) -> None:
    if asked:
        print(places.version())
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the release.", is_eager=True, callback=_tell_version),
    ] = False,
) -> None:
    """Run a Rialto and look after it. RIALTO_HOME and RIALTO_PORT say which one."""


def main() -> int:
    """Run the command; a known problem is one line and an exit code."""
    try:
        secret_files.read_into(os.environ)
        app(prog_name="rialto")
    except Problem as problem:
        complain(problem.message)
        return problem.code
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        full = problems.disk_full(Path(error.filename or "."))
        complain(full.message)
        return full.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
