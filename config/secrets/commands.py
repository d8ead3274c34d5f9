"""`rialto secrets`: which encryption key is in use, and what is still under an old one."""

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.progress import console

if TYPE_CHECKING:
    from config.secrets.reencryption import Standing

app = typer.Typer(
    help="See which encryption key secrets are under, and move them to a new one.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def status(as_json: Json = False) -> None:
    """Show how many secrets are under which key. Exit code 10 if no key reads one."""
    running.enter("secrets")
    from config.secrets import reencryption
    from config.secrets.columns import SEALED

    found = {column.name: reencryption.look(column) for column in SEALED}
    _tell(found, as_json=as_json)


@app.command()
def reencrypt(as_json: Json = False) -> None:
    """Encrypt under the key in use what is under those of RIALTO_OLD_ENCRYPTION_KEYS.

    It may be ended at any moment and run again. Exit code 10 if no key reads a secret.
    """
    running.enter("secrets reencrypt")
    from django.db import transaction

    from accounts.audit import trail
    from config.secrets import reencryption
    from config.secrets.columns import SEALED

    found = {}
    for column in SEALED:
        with console.status(column.name) as line:
            for standing in reencryption.reseal(column):
                line.update(f"{column.name}: {standing.resealed} encrypted anew")
                found[column.name] = standing
    with transaction.atomic():
        moved = {name: (None, one.resealed) for name, one in found.items() if one.resealed}
        trail.record("secrets.reencrypted", changes=moved)
    _tell(found, as_json=as_json)


def _tell(found: dict[str, "Standing"], *, as_json: bool) -> None:
    from accounts.audit import seals

    before = [key.hex() for key in seals.old_public_keys()]
    if as_json:
        columns = {
            name: {
                "in_use": one.in_use + one.resealed,
                "old": one.old,
                "reencrypted": one.resealed,
                "unreadable": one.unreadable,
            }
            for name, one in found.items()
        }
        print(json.dumps({"columns": columns, "old_seal_keys": before}))
    else:
        _draw(found, before)
    if any(one.unreadable for one in found.values()):
        raise typer.Exit(problems.UNHEALTHY)


def _draw(found: dict[str, "Standing"], old_seal_keys: list[str]) -> None:
    table = Table(title="Secrets by the key that reads them")
    table.add_column("Column", no_wrap=True)
    for column in ("In use", "Old", "Moved", "None"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, one in found.items():
        counts = (one.in_use + one.resealed, one.old, one.resealed, len(one.unreadable))
        if any(counts):
            table.add_row(name, *map(str, counts))
    console.print(table)
    for name, one in found.items():
        for key in one.unreadable[:20]:
            console.print(f"  No key reads {name} of {key}.", markup=False, soft_wrap=True)
    if any(one.old for one in found.values()):
        console.print("Run rialto secrets reencrypt until nothing is under an old key.")
    elif old_seal_keys:
        console.print(
            "Nothing is under an old key. Keep RIALTO_OLD_SEAL_KEYS="
            f"{','.join(old_seal_keys)}, so that older seals of the audit trail are known, "
            "and take RIALTO_OLD_ENCRYPTION_KEYS out a day from now.",
            markup=False,
            soft_wrap=True,
        )
