import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.progress import console

if TYPE_CHECKING:
    from ledger.services.verify import Check

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
