import json
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from config.cli import running
from config.cli.processors import amounts, check_lines, secrets_given
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console
from core.types import JsonObject

app = typer.Typer(help="Add, check and switch accounts at processors.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="What the account is called.", metavar="NAME")]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit trail.")]
Least = Annotated[
    list[str] | None, typer.Option(help="The smallest payment of a currency, such as eur=1.00.")
]
Most = Annotated[
    list[str] | None, typer.Option(help="The largest payment of a currency, such as eur=2000.")
]
File = Annotated[
    str,
    typer.Option(
        "--credentials-file",
        help='JSON, such as {"secret_key": "…", "notice_secret": "…"}; - for standard input. '
        "Without it they are asked for.",
    ),
]


@app.command("list")
def list_accounts(as_json: Json = False) -> None:
    """Show every account at a processor, and how it does."""
    running.enter("processors")
    from processors.accounts import shown

    rows = shown.all_accounts()
    if as_json:
        print(json.dumps(rows))
        return
    table = Table(title="Accounts at processors")
    for column in ("Name", "Kind", "Mode", "Status", "First", "Health", "Checked"):
        table.add_column(column, overflow="fold", no_wrap=column == "Name")
    for row in rows:
        table.add_row(
            row["name"],
            row["kind"],
            "live" if row["livemode"] else "test",
            row["status"],
            "yes" if row["is_default"] else "-",
            row["health"],
            (row["checked_at"] or "never")[:16].replace("T", " "),
        )
    console.print(table)


@app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show all that is known of an account, but for what opens it."""
    running.enter("processors")
    row = _find(name)
    if as_json:
        print(json.dumps(row))
        return
    for key, value in row.items():
        console.print(f"{key}: {value}", markup=False, soft_wrap=True)


@app.command()
def add(
    kind: Annotated[str, typer.Argument(help="Of its rail, such as stripe.", metavar="KIND")],
    name: Name,
    live: Annotated[bool, typer.Option("--live", help="It takes real money.")] = False,
    credentials_file: File = "",
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    base_url: Annotated[str, typer.Option(help="If not the processor's own address.")] = "",
    currency: Annotated[
        list[str] | None, typer.Option(help="One that it may take; all if none is said.")
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option(help="A payment method that it may take; all if none.")
    ] = None,
    statement_descriptor: Annotated[
        str, typer.Option(help="What statements say, if nobody else says anything.")
    ] = "",
    fee_model: Annotated[
        Path | None, typer.Option(help="A file with what it costs, as JSON.", exists=True)
    ] = None,
    least: Least = None,
    most: Most = None,
    settlement_schedule: Annotated[str, typer.Option(help="When it pays out to you.")] = "",
    settlement_bank: Annotated[str, typer.Option(help="To which account at a bank.")] = "",
    as_json: Json = False,
) -> None:
    """Add an account. What opens it is asked for, or read from a file: never an argument.

    It is checked at once. It takes payments then, live ones if they are on.
    """
    running.enter("processors")
    from django.utils import timezone

    from core.errors import InvalidRequest
    from processors.accounts import changes, checks, details

    try:
        details.check_name(name)
        rail = details.kind_of(kind, livemode=live)
        credentials, notice_secret = secrets_given.read(rail, credentials_file)
        row = changes.add(
            name=name,
            kind=kind,
            livemode=live,
            at=timezone.now(),
            credentials=credentials,
            notice_secret=notice_secret,
            title=title or rail.title,
            base_url=base_url,
            currencies=[code.lower() for code in currency or []],
            methods=method or [],
            statement_descriptor=statement_descriptor,
            fee_model=_read_fee_model(fee_model),
            amount_limits=amounts.read(least, most),
            settlement_schedule=settlement_schedule,
            settlement_bank=settlement_bank,
        )
    except InvalidRequest as error:
        raise Problem(f"That cannot be an account: {error}", problems.USAGE) from error
    lines = checks.check(name=row.name, at=timezone.now())
    if as_json:
        print(json.dumps(_find(row.name)))
    else:
        check_lines.show_new(row.name, kind, lines)


@app.command()
def check(
    name: Name,
    card: Annotated[
        str,
        typer.Option(help="A card there, which is verified too, without a charge."),
    ] = "",
    as_json: Json = False,
) -> None:
    """Ask the processor whether the account can be used, and whether notices arrive."""
    running.enter("processors")
    from django.utils import timezone

    from processors.accounts import checks

    _find(name)
    lines = checks.check(name=name, at=timezone.now(), instrument=card)
    check_lines.show(lines, is_good=checks.is_good(lines), as_json=as_json)
    if not checks.is_good(lines):
        raise typer.Exit(problems.FAILED)


@app.command("rotate-secret")
def rotate_secret(
    name: Name,
    credentials_file: File = "",
    hours: Annotated[int, typer.Option(help="How long the old one still counts.")] = 24,
) -> None:
    """Replace what its notices are signed with. The old secret counts a while longer."""
    running.enter("processors")
    from django.utils import timezone

    from core.errors import InvalidRequest
    from processors.accounts import changes
    from processors.accounts.kinds import KINDS

    rail = KINDS[_find(name)["kind"]]
    try:
        secret = secrets_given.read_notice_secret(rail, credentials_file)
        changes.roll_notice_secret(
            name=name, secret=secret, overlap=timedelta(hours=max(hours, 0)), at=timezone.now()
        )
    except InvalidRequest as error:
        raise Problem(f"The secret stays as it is: {error}", problems.USAGE) from error
    console.print(f"The new secret of {name} counts; the old one for {max(hours, 0)} hours more.")


@app.command("change-credentials")
def change_credentials(name: Name, credentials_file: File = "") -> None:
    """Replace what opens the account. What is not given stays."""
    running.enter("processors")
    from django.utils import timezone

    from core.errors import InvalidRequest
    from processors.accounts import changes, checks
    from processors.accounts.kinds import KINDS

    rail = KINDS[_find(name)["kind"]]
    try:
        credentials, _ = secrets_given.read(rail, credentials_file, is_new=False)
        changes.change(name=name, credentials=credentials, at=timezone.now())
    except InvalidRequest as error:
        raise Problem(f"The credentials stay as they are: {error}", problems.USAGE) from error
    console.print(f"The new credentials of {name} count.")
    lines = checks.check(name=name, at=timezone.now())
    check_lines.show(lines, is_good=checks.is_good(lines), as_json=False)


@app.command("limit-amounts")
def limit_amounts(name: Name, least: Least = None, most: Most = None) -> None:
    """Say between which amounts an account takes payments; what is not said has no limit."""
    running.enter("processors")
    from django.utils import timezone

    from core.errors import InvalidRequest
    from processors.accounts import changes

    _find(name)
    limits = amounts.read(least, most)
    try:
        changes.change(name=name, amount_limits=limits, at=timezone.now())
    except InvalidRequest as error:
        raise Problem(f"The limits stay as they are: {error}", problems.USAGE) from error
    console.print(f"The new limits of {name} count for new payments.")


class _Verb(StrEnum):
    ENABLED = "enabled"
    DRAINING = "draining"
    DISABLED = "disabled"


@app.command()
def enable(name: Name, reason: Reason) -> None:
    """Let an account take new payments."""
    _switch(name, _Verb.ENABLED, reason)


@app.command()
def drain(name: Name, reason: Reason) -> None:
    """Let an account take no new payments; what was begun there goes on."""
    _switch(name, _Verb.DRAINING, reason)


@app.command()
def disable(name: Name, reason: Reason) -> None:
    """Ask nothing of an account any more: what is open there waits, and nothing fails."""
    _switch(name, _Verb.DISABLED, reason)


@app.command("make-first")
def make_first(name: Name) -> None:
    """Let new payments of its mode be tried at this account before all others."""
    running.enter("processors")
    from django.utils import timezone

    from core.errors import InvalidRequest
    from processors.accounts import changes

    _find(name)
    try:
        changes.make_default(name=name, at=timezone.now())
    except InvalidRequest as error:
        raise Problem(str(error), problems.USAGE) from error
    console.print(f"New payments are tried at {name} first.")


def _switch(name: str, verb: _Verb, reason: str) -> None:
    running.enter("processors")
    from django.utils import timezone

    from core.errors import InvalidRequest
    from processors.accounts import changes
    from processors.states import AccountStatus

    _find(name)
    try:
        changes.set_status(name=name, status=AccountStatus(verb), reason=reason, at=timezone.now())
    except InvalidRequest as error:
        raise Problem(str(error), problems.USAGE) from error
    console.print(f"{name} is {verb}.")


def _find(name: str) -> JsonObject:
    from processors.accounts import shown

    row = shown.account(name)
    if row is None:
        raise Problem(f"There is no account {name} at a processor here.", problems.FAILED)
    return row


def _read_fee_model(path: Path | None) -> list[JsonObject]:
    if path is None:
        return []
    try:
        found: list[JsonObject] = json.loads(path.read_text())
    except ValueError as error:
        raise Problem(f"{path} is not JSON: {error}", problems.USAGE) from error
    return found
