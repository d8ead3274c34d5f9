"""Roles and grants: who owns the tables, and who may only use them."""

import re
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from config.launcher import problems, processes
from config.launcher.problems import Problem

ROOT = Path(__file__).resolve().parent.parent.parent


def prepare_embedded(admin_url: str, database: str) -> None:
    """Make both roles with a login, and the database, in a cluster of our own.

    Args:
        admin_url: A superuser's address of the `postgres` database.
        database: What to make if it is not there.
    """
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for role in ("rialto_owner", "rialto_app"):
            if not admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
                admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if not admin.execute("SELECT FROM pg_database WHERE datname = %s", [database]).rowcount:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER rialto_owner").format(sql.Identifier(database))
            )


def grant_defaults(owner_url: str) -> None:
    """Let the application use every table that the owner makes from now on.

    Money tables take most of this back in their own migrations. Where both roles
    are one login, the application's role is made here, for the login to step down to.

    Raises:
        Problem: If the database cannot be reached, or the owner may not make the role.
    """
    try:
        connection = psycopg.connect(owner_url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()[-1]
        raise Problem(
            f"The database cannot be reached ({said}). Start it, or mend DATABASE_URL.",
            problems.SERVER_FAILED,
        ) from error
    with connection as owner:
        if not owner.execute("SELECT FROM pg_roles WHERE rolname = 'rialto_app'").rowcount:
            try:
                owner.execute("CREATE ROLE rialto_app NOLOGIN")
                owner.execute("GRANT rialto_app TO CURRENT_USER")
            except psycopg.errors.InsufficientPrivilege as error:
                raise Problem(
                    "DATABASE_URL may not create roles. As a superuser run: CREATE ROLE "
                    "rialto_app; GRANT rialto_app TO <that login>; then start again.",
                    problems.SERVER_FAILED,
                ) from error
        owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        owner.execute("GRANT USAGE ON SCHEMA public TO rialto_app")
        owner.execute(
            "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO rialto_app"
        )
        owner.execute("ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO rialto_app")


def migrate(env: dict[str, str]) -> None:
    """Run the migrations as the owner.

    Raises:
        Problem: If one fails.
    """
    result = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--no-input", "-v", "0"],
        env=env | {"RIALTO_AS_OWNER": "1"},
        capture_output=True, text=True, check=False, umask=processes.UMASK,
    )  # fmt: skip
    if result.returncode:
        said = (result.stderr.strip() or "no message").splitlines()
        # PostgreSQL points at the place below its message.
        errors = [
            line for line in said if re.match(r"[\w.]+(Error|Exception|Undefined\w*): ", line)
        ]
        last = (errors or said)[-1]
        raise Problem(f"A migration failed: {last}", problems.SERVER_FAILED)
