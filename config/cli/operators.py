import json
import secrets
from typing import Annotated

import typer

from config.cli import running
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console

app = typer.Typer(
    help="Say who operates this Rialto in its admin. Acts as the tables' owner.",
    no_args_is_help=True,
)

Email = Annotated[str, typer.Argument(help="What they log in with.", metavar="EMAIL")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_operators(as_json: Json = False) -> None:
    """Show who may use the admin."""
    running.enter("operators")
    from accounts.models import User

    rows = [
        {"email": user.email, "name": user.name, "active": user.is_active}
        for user in User.objects.filter(is_staff=True).order_by("email")
    ]
    if as_json:
        print(json.dumps(rows))
        return
    for row in rows:
        state = "" if row["active"] else "  (may not log in)"
        console.print(f"{row['email']}  {row['name']}{state}", markup=False)


@app.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="For people.")] = "",
    as_json: Json = False,
) -> None:
    """Let somebody use the admin, and show a password for them, this once."""
    running.enter("operators", as_owner=True)
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from accounts.models import User

    try:
        validate_email(email)
    except ValidationError as error:
        raise Problem(f"{email} is no e-mail address.", problems.USAGE) from error
    if User.objects.filter(email=User.objects.normalize_email(email).lower()).exists():
        raise Problem(f"{email} is known already. `rialto operators list`", problems.FAILED)
    password = secrets.token_urlsafe(12)
    user = User.objects.create_superuser(email, password, name=name)
    if as_json:
        print(json.dumps({"email": user.email, "name": name, "password": password}))
        return
    console.print(f"{user.email}\n\n  [bold]{password}[/]\n", soft_wrap=True)
    console.print("Keep it now: it cannot be shown again.")


@app.command()
def revoke(email: Email) -> None:
    """Take the admin from somebody, and end their sessions."""
    running.enter("operators", as_owner=True)
    from accounts.models import User

    user = User.objects.filter(email=email.lower(), is_staff=True).first()
    if user is None:
        raise Problem(f"{email} is no operator. `rialto operators list`", problems.FAILED)
    user.is_staff = user.is_superuser = user.is_active = False
    # Sessions are bound to the password.
    user.set_unusable_password()
    user.save(update_fields=["is_staff", "is_superuser", "is_active", "password"])
    console.print(f"{user.email} may use the admin no longer.", markup=False)
