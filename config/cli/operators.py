import json
import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from config.cli import running
from config.launcher import problems
from config.launcher.problems import Problem
from config.launcher.progress import console

if TYPE_CHECKING:
    from accounts.models import User

app = typer.Typer(
    help="Say who uses the console of this Rialto, and as what. Acts as the tables' owner.",
    no_args_is_help=True,
)

Email = Annotated[str, typer.Argument(help="What they log in with.", metavar="EMAIL")]
Platform = Annotated[
    str, typer.Option(help="A platform: they see it and its sellers alone.", metavar="ACCOUNT")
]
RoleName = Annotated[
    str, typer.Option(help="owner, admin, operator, support, finance, developer or auditor.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_operators(as_json: Json = False) -> None:
    """Show who may use the console, and as what."""
    running.enter("operators")
    from accounts.models import User

    rows = [
        {
            "email": user.email,
            "name": user.name,
            "active": user.is_active,
            "role": user.standing.role.value if user.standing else "",
            "platform": user.standing.platform_id if user.standing else "",
        }
        for user in User.objects.filter(is_staff=True).order_by("email")
    ]
    if as_json:
        print(json.dumps(rows))
        return
    for row in rows:
        state = "" if row["active"] else "  (may not log in)"
        where = f" of {row['platform']}" if row["platform"] else ""
        role = row["role"] or "no role"
        console.print(f"{row['email']}  {row['name']}  {role}{where}{state}", markup=False)


@app.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="For people.")] = "",
    role: RoleName = "owner",
    platform: Platform = "",
    as_json: Json = False,
) -> None:
    """Let somebody use the console, and show a password for them, this once."""
    running.enter("operators", as_owner=True)
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.db import transaction

    from accounts.audit import trail
    from accounts.models import User

    _check(role, platform)
    try:
        validate_email(email)
    except ValidationError as error:
        raise Problem(f"{email} is no e-mail address.", problems.USAGE) from error
    if User.objects.filter(email=User.objects.normalize_email(email).lower()).exists():
        raise Problem(f"{email} is known already. `rialto operators list`", problems.FAILED)
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name, is_staff=True)
        _give(user, role, platform)
        trail.record("operator.created", user, changes={"role": (None, role)})
    if as_json:
        print(json.dumps({"email": user.email, "name": name, "password": password, "role": role}))
        return
    console.print(f"{user.email}\n\n  [bold]{password}[/]\n", soft_wrap=True)
    console.print("Keep it now: it cannot be shown again.")


@app.command("role")
def change_role(
    email: Email, role: Annotated[str, typer.Argument(metavar="ROLE")], platform: Platform = ""
) -> None:
    """Give somebody who uses the console another role."""
    running.enter("operators", as_owner=True)
    _check(role, platform)
    from django.db import transaction

    from accounts.audit import trail

    user = _operator(email)
    before = user.operator_role
    with transaction.atomic():
        _give(user, role, platform)
        trail.record("operator.role_changed", user, changes={"role": (before, role)})
    console.print(f"{user.email} is {role}{f' of {platform}' if platform else ''}.", markup=False)


@app.command()
def revoke(email: Email) -> None:
    """Take the console from somebody, and end their sessions."""
    running.enter("operators", as_owner=True)
    from django.db import transaction

    from accounts.audit import trail
    from accounts.people import sessions

    user = _operator(email)
    before, user.operator_role = user.operator_role, ""
    user.is_staff = user.is_superuser = user.is_active = False
    # Sessions are bound to the password.
    user.set_unusable_password()
    changed = ["operator_role", "is_staff", "is_superuser", "is_active", "password"]
    with transaction.atomic():
        user.save(update_fields=changed)
        trail.record("operator.revoked", user, changes={"role": (before, "")})
    sessions.end_all(user)
    console.print(f"{user.email} may use the console no longer.", markup=False)


@app.command("forget-factors")
def forget_factors(email: Email) -> None:
    """Let somebody who lost their second factor set up a new one, and end their sessions.

    Make sure first that it is they who ask.
    """
    running.enter("operators", as_owner=True)
    from accounts.people import services

    user = _operator(email)
    count = services.forget_factors(user=user)
    console.print(
        f"{user.email}: {count} forgotten. The next log-in sets up a new one.", markup=False
    )


def _operator(email: str) -> "User":
    from accounts.models import User

    user = User.objects.filter(email=email.lower(), is_staff=True).first()
    if user is None:
        raise Problem(f"{email} is no operator. `rialto operators list`", problems.FAILED)
    return user


def _check(role: str, platform: str) -> None:
    """Refuse a role or a platform that does not exist."""
    from accounts.models import Account
    from core.security.role_words import Role

    if role not in Role.values:
        raise Problem(f"{role} is no role: {', '.join(Role.values)}.", problems.USAGE)
    if platform and not Account.objects.filter(id=platform, opened_by=None).exists():
        raise Problem(f"{platform} is no platform. `rialto platforms list`", problems.FAILED)


def _give(user: "User", role: str, platform: str) -> None:
    """Give somebody a role of an operator, or with a platform a membership of it."""
    from accounts.models import Membership

    if platform:
        Membership.objects.update_or_create(user=user, account_id=platform, defaults={"role": role})
    user.operator_role = "" if platform else role
    user.save(update_fields=["operator_role"])
