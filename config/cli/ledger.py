import json
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer
from psycopg import sql
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.home import Home
from config.launcher.progress import console

if TYPE_CHECKING:
    from ledger.services.verify import Check

# Each belongs to the tables' owner alone.
_REBASES = ("ledger_rebase", "webhooks_relay_rebase")

app = typer.Typer(help="Look at the books.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Look at the books."""


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Recompute the books from their postings. Exit code 9 if anything does not hold."""
    running.enter("ledger verify")
    from ledger.services import verify as verifier

    table = Table("Check", "What must hold", "Found", title="The books")

    def show(check: "Check", found: int) -> None:
        table.add_row(
            check.name, check.claim, f"[red]{found} wrong[/]" if found else "[green]ok[/]"
        )

    if as_json:
        findings = verifier.verify()
        print(json.dumps({"ok": not findings, "findings": [f.as_dict() for f in findings]}))
    else:
        with console.status("Recomputing the books …"):
            findings = verifier.verify(show)
        console.print(table)
        for finding in findings[:50]:
            console.print(f"  {finding.check} {finding.id}: {finding.detail}", markup=False)
    if findings:
        raise typer.Exit(problems.BOOKS_WRONG)


@app.command()
def rebase(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Begin anew after a restore into another PostgreSQL cluster, whose numbering differs.

    Adds up all postings again, and lets the relay look again at the last hour's events. Harmless
    when it was not needed.
    """
    where = running.addresses(Home.of_environment())
    owner_url = where.get("DATABASE_OWNER_URL") or where["DATABASE_URL"]
    counts = {}
    with psycopg.connect(owner_url) as owner:
        for function in _REBASES:
            if owner.execute("SELECT to_regproc(%s)", [function]).fetchone() == (None,):
                continue
            row = owner.execute(sql.SQL("SELECT {}()").format(sql.Identifier(function))).fetchone()
            counts[function] = row[0] if row else 0
    if as_json:
        print(json.dumps(counts))
        return
    for function, count in counts.items():
        console.print(f"{function}: {count} rows. The relay goes on by itself.", markup=False)
