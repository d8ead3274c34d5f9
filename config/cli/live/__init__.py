"""`rialto live`: whether real money is taken, what is missing for it, and trying that out."""

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console

if TYPE_CHECKING:
    from console.live.checklist import Line
    from console.models import Drill
    from core.types import JsonObject

app = typer.Typer(
    help="Switch live payments, and try out what going live asks for.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit trail.")]
_STYLES = {"done": "green", "missing": "red", "unknown": "yellow"}
_RESTORED = "RESTORED_DATABASE_URL"


@app.command()
def status(as_json: Json = False) -> None:
    """Say whether live payments are on, since when and why, and what is missing."""
    running.enter("live")
    from django.utils import timezone

    from console.live import checklist
    from processors.accounts import live_payments

    row = live_payments.read()
    left = checklist.still_open(checklist.examine(at=timezone.now()))
    if as_json:
        told = {
            "is_on": row.is_on,
            "changed_at": row.changed_at.isoformat() if row.changed_at else None,
            "changed_by": row.changed_by,
            "reason": row.reason,
            "missing": [line.name for line in left],
        }
        print(json.dumps(told))
        return
    since = ""
    if row.changed_at:
        since = f" since {row.changed_at:%Y-%m-%d %H:%M} UTC, by {row.changed_by}: {row.reason}"
    console.print(f"Live payments are {'on' if row.is_on else 'off'}{since}", markup=False)
    if left:
        titles = "; ".join(line.words.title for line in left)
        console.print(f"Still to do: {titles}. See rialto doctor --live", markup=False)


@app.command()
def on(reason: Reason) -> None:
    """Take live payments. Refused while a necessary line of the checklist is open."""
    running.enter("live")
    from django.utils import timezone

    from console.live import switching
    from core.errors import InvalidRequest

    try:
        switching.switch_on(reason=reason, at=timezone.now())
    except InvalidRequest as error:
        raise Problem(f"{error} See rialto doctor --live", problems.FAILED) from error
    console.print("Live payments are on, in all processes.")


@app.command()
def off(reason: Reason) -> None:
    """Take no live payment from now on. Captures, refunds and payouts go on."""
    running.enter("live")
    from django.utils import timezone

    from console.live import switching
    from core.errors import InvalidRequest

    try:
        switching.switch_off(reason=reason, at=timezone.now())
    except InvalidRequest as error:
        raise Problem(str(error), problems.FAILED) from error
    console.print("Live payments are off, in all processes. What was taken goes on.")


@app.command("check-address")
def check_address() -> None:
    """Open a page at the public address, as a browser somewhere would, and keep what came."""
    running.enter("live")
    from django.utils import timezone

    from console.live import drills

    _tell(drills.try_address(at=timezone.now()))


@app.command("check-mail")
def check_mail(to: Annotated[str, typer.Argument(metavar="ADDRESS")]) -> None:
    """Send a letter to an address of yours, and keep whether it left."""
    running.enter("live")
    from django.utils import timezone

    from console.live import drills
    from core.errors import InvalidRequest

    try:
        drill = drills.try_mail(to=to, at=timezone.now())
    except InvalidRequest as error:
        raise Problem(str(error), problems.USAGE) from error
    _tell(drill)


@app.command("check-restore")
def check_restore() -> None:
    """Look into a backup that was put back into another database, and keep what was found.

    RESTORED_DATABASE_URL is the address of that database, for the role of the application.
    Nothing is written there.
    """
    url = os.environ.get(_RESTORED, "")
    if not url:
        raise Problem(
            f"Say in {_RESTORED} where the backup was put back, such as "
            "postgres://rialto_app:…@other.example.com/rialto.",
            problems.USAGE,
        )
    running.enter("live")
    from django.utils import timezone

    from config.cli.live import restored
    from console.live import drills
    from console.models import DrillKind

    about = restored.name_of(url)

    def keep(words: str, *, is_good: bool) -> "Drill":
        at = timezone.now()
        return drills.record(DrillKind.RESTORE, about=about, is_good=is_good, words=words, at=at)

    looked = restored.look(url, keep("It was begun, and did not end.", is_good=False))
    _tell(keep(looked.words, is_good=looked.is_good))


def _tell(drill: "Drill") -> None:
    console.print(drill.words, markup=False, soft_wrap=True)
    if not drill.is_good:
        raise typer.Exit(problems.FAILED)


def show_checklist(*, as_json: bool) -> None:
    """Print every line of the checklist. Exit code 10 while a necessary one is open."""
    running.enter("doctor")
    from django.utils import timezone

    from console.live import checklist
    from processors.accounts import live_payments

    lines = checklist.examine(at=timezone.now())
    left, is_on = checklist.still_open(lines), live_payments.read().is_on
    if as_json:
        told = {"ok": not left, "is_on": is_on, "lines": [_render(line) for line in lines]}
        print(json.dumps(told))
    else:
        _print_lines(lines, is_on=is_on)
    if left:
        raise typer.Exit(problems.UNHEALTHY)


def _render(line: "Line") -> "JsonObject":
    return {
        "name": line.name,
        "state": line.found.state,
        "is_necessary": line.is_needed,
        "title": line.words.title,
        "what": line.words.what,
        "found": line.sentence,
        "mend": line.words.mend,
        "command": line.words.command,
        "why_advice": line.words.why_advice,
    }


def _print_lines(lines: "list[Line]", *, is_on: bool) -> None:
    from console.live import words

    title = f"Going live: live payments are {'on' if is_on else 'off'}"
    table = Table(title=title, show_lines=True)
    for heading in ("What", "", "Found, and how to mend it"):
        table.add_column(heading, overflow="fold", no_wrap=not heading)
    for line in lines:
        state, style = words.STATES[line.found.state][0], _STYLES[line.found.state]
        told = [line.sentence]
        if not line.is_done:
            told += [line.words.mend, line.words.command]
        if not line.is_needed:
            state += "\nadvice"
            told.append(f"Advice: {line.words.why_advice}")
        # Addresses and names of others are no markup.
        text = "\n".join(filter(None, told)).replace("[", r"\[")
        table.add_row(line.words.title, f"[{style}]{state}[/]", text)
    console.print(table)
