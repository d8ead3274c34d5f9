import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console
from core.types import JsonObject

if TYPE_CHECKING:
    from accounts.models import ApiKey
    from core.tenant import Tenant

app = typer.Typer(help="List, make, replace and end API keys.", no_args_is_help=True)


class Kind(StrEnum):
    SECRET = "secret"  # noqa: S105  a word, not a secret
    RESTRICTED = "restricted"
    PUBLISHABLE = "publishable"


Account = Annotated[str, typer.Option(help="Whose keys; the demo platform's if not said.")]
Live = Annotated[bool, typer.Option("--live", help="Live mode's keys; test mode's if not said.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Key = Annotated[str, typer.Argument(help="key_...", metavar="KEY")]


@app.command("list")
def list_keys(account: Account = "", live: Live = False, as_json: Json = False) -> None:
    """Show the keys in use. None can show its secret again."""
    tenant, at = _enter(account, live=live)
    from accounts.services import api_keys

    rows = [_render(key) for key in api_keys.list_keys(tenant=tenant, at=at)]
    if as_json:
        print(json.dumps(rows))
        return
    table = Table(title=tenant.account_id)
    for column in ("Id", "Kind", "Key", "Name", "Last used", "Ends"):
        table.add_column(column, overflow="fold", no_wrap=column == "Id")
    for row in rows:
        table.add_row(
            row["id"],
            row["kind"],
            row["hint"],
            row["name"],
            row["last_used_at"] or "never",
            row["expires_at"] or "-",
        )
    console.print(table)


@app.command()
def create(
    account: Account = "",
    kind: Annotated[Kind, typer.Option(help="What it may do at all.")] = Kind.SECRET,
    name: Annotated[str, typer.Option(help="For people.")] = "",
    permission: Annotated[
        list[str] | None, typer.Option(help="For restricted keys: charges=read, refunds=write …")
    ] = None,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """Make a key and show it, this once."""
    tenant, at = _enter(account, live=live)
    from accounts.models import KeyKind
    from accounts.services import api_keys
    from core.errors import InvalidRequest

    try:
        permissions = dict(each.split("=", 1) for each in permission or [])
        key, text = api_keys.create(
            tenant=tenant, kind=KeyKind(kind), name=name, permissions=permissions, at=at
        )
    except (InvalidRequest, ValueError) as error:
        raise Problem(f"That cannot be a key: {error}", problems.USAGE) from error
    _reveal(key, text, as_json=as_json)


@app.command()
def roll(
    key: Key,
    account: Account = "",
    hours: Annotated[
        int, typer.Option(help="How long the old key still works: 0, 1, 24 or 168.")
    ] = 0,
    live: Live = False,
    as_json: Json = False,
) -> None:
    """Replace a key by a new one that may do the same, and show that one, this once."""
    tenant, at = _enter(account, live=live)
    from accounts.services import api_keys
    from core.errors import InvalidRequest

    try:
        new, text = api_keys.roll(
            key=_find(tenant, key, at), expires_in=timedelta(hours=hours), at=at
        )
    except InvalidRequest as error:
        raise Problem(f"{key} cannot be rolled: {error}", problems.USAGE) from error
    _reveal(new, text, as_json=as_json)


@app.command()
def revoke(key: Key, account: Account = "", live: Live = False, as_json: Json = False) -> None:
    """End a key now."""
    tenant, at = _enter(account, live=live)
    from accounts.services import api_keys

    row = _find(tenant, key, at)
    api_keys.revoke(key=row, at=at)
    if as_json:
        print(json.dumps(_render(row)))
    else:
        console.print(f"{row.id} ({row.hint}) is refused from now on.", markup=False)


def _enter(account: str, *, live: bool) -> "tuple[Tenant, datetime]":
    home = running.enter("keys")
    from django.utils import timezone

    from accounts.models import Account as Accounts
    from core.tenant import Tenant

    account = account or running.credentials(home)["platform"]["account"]
    if not Accounts.objects.filter(id=account).exists():
        raise Problem(f"There is no account {account} here.", problems.FAILED)
    return Tenant(account, livemode=live), timezone.now()


def _find(tenant: "Tenant", key_id: str, at: datetime) -> "ApiKey":
    from accounts.services import api_keys

    for key in api_keys.list_keys(tenant=tenant, at=at):
        if key.id == key_id:
            return key
    raise Problem(f"{tenant.account_id} has no key {key_id} in use.", problems.FAILED)


def _render(key: "ApiKey") -> JsonObject:
    return {
        "id": key.id,
        "account": key.account_id,
        "livemode": key.livemode,
        "kind": str(key.kind),
        "hint": key.hint,
        "name": key.name,
        "permissions": key.permissions,
        "created_at": key.created_at.isoformat(),
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }


def _reveal(key: "ApiKey", text: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_render(key) | {"key": text}))
        return
    console.print(f"{key.id}\n\n  [bold]{text}[/]\n", soft_wrap=True)
    console.print("Keep it now: it is not stored and cannot be shown again.")
