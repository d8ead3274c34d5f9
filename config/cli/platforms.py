import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from config.cli import running
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console
from core.types import JsonObject

if TYPE_CHECKING:
    from accounts.models import Account

app = typer.Typer(help="Open, list and close platforms.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_platforms(as_json: Json = False) -> None:
    """Show every platform, the newest first."""
    running.enter("platforms")
    from django.db.models import Count

    from accounts.models import Account

    platforms = Account.objects.filter(opened_by=None).annotate(sellers=Count("opened"))
    rows = [
        _render(one) | {"sellers": one.sellers} for one in platforms.order_by("-created_at", "-id")
    ]
    if as_json:
        print(json.dumps(rows))
        return
    table = Table(title="Platforms")
    for column in ("Id", "Name", "Country", "Currency", "E-mail", "Sellers", "Closed"):
        table.add_column(column, overflow="fold", no_wrap=column == "Id")
    for row in rows:
        table.add_row(
            row["id"],
            row["name"],
            row["country"],
            row["currency"],
            row["email"] or "-",
            str(row["sellers"]),
            (row["closed_at"] or "-")[:10],
        )
    console.print(table)


@app.command()
def create(
    name: Annotated[str, typer.Option(help="Of the business.")],
    email: Annotated[str, typer.Option(help="Where it is reached.")],
    country: Annotated[str, typer.Option(help="Two letters, such as DE.")] = "US",
    currency: Annotated[
        str, typer.Option(help="What it settles in; that of its country if not said.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Open a platform, and show its keys for test mode, this once."""
    running.enter("platforms")
    from django.conf import settings
    from django.utils import timezone

    from connect.onboarding.services import platforms
    from core.errors import InvalidRequest

    try:
        opened = platforms.create(
            name=name, email=email, country=country, currency=currency or None, at=timezone.now()
        )
    except InvalidRequest as error:
        raise Problem(f"That cannot be a platform: {error}", problems.USAGE) from error
    report = _render(opened.account) | {
        "api_base": settings.PUBLIC_URL,
        "secret_key": opened.secret_key,
        "publishable_key": opened.publishable_key,
    }
    if as_json:
        print(json.dumps(report))
        return
    console.print(f"{report['name']} is {report['id']}, in test mode:\n", markup=False)
    for label, key in (("Secret key", "secret_key"), ("Publishable key", "publishable_key")):
        console.print(f"  {label:<16} [bold]{report[key]}[/]", soft_wrap=True)
    console.print(
        f"\nKeep the secret key now: it is not stored and cannot be shown again.\n"
        f"Keys for live mode: rialto keys create --account {report['id']} --live",
        markup=False,
    )


@app.command()
def close(
    platform: Annotated[str, typer.Argument(help="acct_…", metavar="ACCOUNT")],
    despite_test_mode: Annotated[
        bool, typer.Option(help="Close although test mode has money, which is nobody's.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Close a platform that has no money and nothing under way. Its keys end, its books stay."""
    running.enter("platforms")
    from django.utils import timezone

    from core.errors import InvalidRequest
    from payments import platform_closing as platforms

    try:
        left = platforms.close(
            account_id=platform, despite_test_mode=despite_test_mode, at=timezone.now()
        )
    except InvalidRequest as error:
        raise Problem(str(error), problems.FAILED) from error
    report = _render(left.account) | {
        "keys_ended": left.keys_ended,
        "sellers": left.sellers,
        "customers": left.customers,
        "charges": left.charges,
    }
    if as_json:
        print(json.dumps(report))
        return
    console.print(
        f"{report['name']} is closed: {left.keys_ended} keys have ended, and its endpoints hear "
        f"nothing more. What remains, for the admin and the books: {left.sellers} sellers, "
        f"{left.customers} customers, {left.charges} charges, and every entry and event.",
        markup=False,
    )


def _render(account: "Account") -> JsonObject:
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "country": account.country,
        "currency": account.default_currency,
        "created_at": account.created_at.isoformat(),
        "closed_at": account.closed_at.isoformat() if account.closed_at else None,
    }
