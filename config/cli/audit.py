import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from config.cli import running
from config.cli.ledger import read_head, read_moment
from config.launcher import problems
from config.launcher.progress import console

app = typer.Typer(help="Look at the audit trail: who did what, and why.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Since = Annotated[str | None, typer.Option(help="From a moment on, e.g. 2026-11-01T00:00.")]
Until = Annotated[str | None, typer.Option(help="Before a moment.")]


@app.command("list")
def list_events(
    who: Annotated[str, typer.Option(help="An e-mail address, or the id of a person.")] = "",
    action: Annotated[str, typer.Option(help="Such as bank_file.approved.")] = "",
    target: Annotated[str, typer.Option(help="The id of what was changed.")] = "",
    account: Annotated[str, typer.Option(help="acct_…")] = "",
    since: Since = None,
    until: Until = None,
    most: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show what was done, the newest first."""
    running.enter("audit")
    from accounts.audit import queries, seals

    rows = queries.find(
        who=who,
        action=action,
        target_id=target,
        account_id=account,
        since=read_moment(since),
        until=read_moment(until),
    )[:most]
    if as_json:
        print(json.dumps([seals.columns(row) for row in rows]))
        return
    table = Table(title="Audit trail")
    for column in ("When", "Who", "Action", "Target", "Account", "Reason"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(
            f"{row.created_at:%Y-%m-%d %H:%M:%S}",
            row.actor_email or row.actor_name or row.actor_id or row.actor_kind,
            row.action,
            row.target_id,
            row.account_id or "-",
            row.reason,
        )
    console.print(table)


@app.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option(
            help="The head of a seal that you kept elsewhere: nothing under it has changed, or "
            "this is found. May be given several times."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Seal what waits, and recompute every seal. Exit code 9 if anything does not hold."""
    running.enter("audit verify")
    from django.utils import timezone

    from accounts.audit import seals

    kept = [read_head(text) for text in head or ()]
    seals.seal_all(at=timezone.now())
    found = list(seals.verify())
    lost = [one for one in kept if not seals.has_head(one)]
    if as_json:
        report = {
            "ok": not found and not lost,
            "findings": [
                {"seal": one.seal, "event": one.event, "detail": one.detail} for one in found
            ],
            "unknown_heads": lost,
            "seal_head": seals.head(),
            "public_key": seals.public_key().hex(),
        }
        print(json.dumps(report))
    else:
        for one in found[:50]:
            console.print(f"  seal {one.seal} {one.event}: {one.detail}", markup=False)
        for text in lost:
            console.print(f"  No seal has the head {text}: seals were made again.", markup=False)
        if not found and not lost:
            console.print("Every seal holds, and nothing stands beside them.")
        if last := seals.head():
            console.print(f"  Last seal: {last}", markup=False)
    if found or lost:
        raise typer.Exit(problems.BOOKS_WRONG)


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; to the output if not given.", metavar="FILE")
    ] = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write events and seals as lines of JSON, with all that others need to check them."""
    running.enter("audit export")
    from django.db import transaction

    from accounts.audit import exports, trail

    begin, end = read_moment(since), read_moment(until)
    with transaction.atomic():
        trail.record("audit.exported", changes={"since": (None, begin), "until": (None, end)})
    lines = exports.as_json(since=begin, until=end)
    if file is None:
        sys.stdout.writelines(lines)
        return
    with file.open("x") as output:
        output.writelines(lines)
    console.print(f"{file} is written.", markup=False)
