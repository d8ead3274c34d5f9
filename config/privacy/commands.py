"""`rialto people`: what is held of somebody, handed out or erased."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from config.cli import running
from config.launcher import problems, processes
from config.launcher.problems import Problem
from config.launcher.progress import console

if TYPE_CHECKING:
    from console.privacy.erasing import Look
    from console.privacy.subjects import Subject

app = typer.Typer(
    help="Answer people who ask for what is held of them: export it, or erase it.",
    no_args_is_help=True,
)

Who = Annotated[
    str,
    typer.Argument(
        help="An e-mail address, a customer (cus_…) or a seller's person (person_…).",
        metavar="WHO",
    ),
]
Account = Annotated[
    str, typer.Option(help="Of an address: this merchant's payers alone.", metavar="ACCOUNT")
]
Reason = Annotated[str, typer.Option(help="Why, for the audit trail: who has asked, and when.")]


@app.command()
def export(
    who: Who,
    output: Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")],
    account: Account = "",
    reason: Reason = "",
) -> None:
    """Write everything that is held of somebody into a file of JSON, papers included."""
    running.enter("people export")
    from django.utils import timezone

    from console.privacy import exporting
    from core.errors import RialtoError

    subject = _read(who, account)
    if output.exists():
        raise Problem(f"{output} is there already: name another file.", problems.USAGE)
    try:
        found = exporting.export(subject, at=timezone.now(), reason=reason)
    except RialtoError as error:
        raise Problem(error.message, problems.FAILED) from error
    with open(output, "x", opener=processes.private) as file:
        json.dump(found, file, indent=2, ensure_ascii=False)
        file.write(os.linesep)
    rows = sum(len(lines) for lines in found["tables"].values())
    console.print(
        f"{output}: {rows} rows of {len(found['tables'])} tables, {len(found['files'])} files.",
        markup=False,
        soft_wrap=True,
    )


@app.command()
def erase(
    who: Who,
    account: Account = "",
    reason: Reason = "",
    *,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would go, and change nothing.")
    ] = False,
) -> None:
    """Erase somebody, but for what law and the books keep. It may be ended and run again."""
    running.enter("people erase")
    from django.utils import timezone

    from console.privacy import approved, erasing
    from core.errors import RialtoError

    subject, at = _read(who, account), timezone.now()
    try:
        if preview:
            _show(erasing.look(subject, at=at))
            return
        later = erasing.erase(subject, reason=reason, at=at)
    except RialtoError as error:
        raise Problem(error.message, problems.FAILED) from error
    console.print(approved.tell(later), soft_wrap=True)


@app.command("erase-again")
def erase_again(
    trail: Annotated[
        Path, typer.Argument(help="What `rialto audit export` wrote before.", metavar="FILE")
    ],
) -> None:
    """After a restore: erase again who was erased before, by an export of the audit trail."""
    running.enter("people erase-again")
    from django.utils import timezone

    from console.privacy import replaying

    with trail.open() as lines:
        targets = replaying.erased_in(lines)
    count, refused = replaying.replay(targets, reason="Erased before a restore", at=timezone.now())
    for sentence in refused:
        console.print(f"  {sentence}", markup=False, soft_wrap=True)
    console.print(f"{count} of {len(targets)} were there, and are erased again.")
    if refused:
        raise typer.Exit(problems.FAILED)


def _read(who: str, account: str) -> "Subject":
    from console.privacy import subjects
    from core.errors import RialtoError

    try:
        return subjects.read(who, account_id=account)
    except RialtoError as error:
        raise Problem(error.message, problems.USAGE) from error


def _show(found: "Look") -> None:
    table = Table(title="What is held")
    table.add_column("Table", no_wrap=True)
    table.add_column("Rows", justify="right")
    for name, count in found.counts.items():
        table.add_row(name, str(count))
    console.print(table)
    for sentence in found.needs:
        console.print(f"  Not yet: {sentence}", markup=False, soft_wrap=True)
    if not found.needs:
        console.print("Nothing stands against it. Run it without --preview, with --reason.")
