"""Roles and migrations: who owns the tables, and who may only use them."""

import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from config.launcher import grants, problems, processes
from config.launcher.problems import Problem
from config.launcher.progress import say

# Until the programs run, which go on with it.
_MAKE_PARTITIONS: Final = """
    SELECT core_make_partitions(table_name, now() + 3 * width * interval '24 hours')
    FROM core_partitioned()
"""


def prepare_embedded(
    admin_url: str, database: str, passwords: Mapping[str, str] | None = None
) -> None:
    """Make both roles with a login, and the database, in a cluster of our own.

    Args:
        admin_url: A superuser's address of the `postgres` database.
        database: What to make if it is not there.
        passwords: The passwords of each role; None in a cluster that asks for none.
    """
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for role in ("rialto_owner", "rialto_app"):
            name = sql.Identifier(role)
            if not admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
                admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
            if passwords:
                secret = admin.pgconn.encrypt_password(
                    passwords[role].encode(), role.encode(), b"scram-sha-256"
                )
                statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
                admin.execute(statement.format(name, sql.Literal(secret.decode())))
        if not admin.execute("SELECT FROM pg_database WHERE datname = %s", [database]).rowcount:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER rialto_owner").format(sql.Identifier(database))
            )


def as_owner(owner_url: str) -> dict[str, str]:
    """Return what a program's environment has besides, to act as the tables' owner."""
    return {"DATABASE_OWNER_URL": owner_url, "RIALTO_AS_OWNER": "1"}


def check_logins(owner_url: str, app_url: str | None) -> None:
    """Make sure that the application's login is another than the owner's, and may less.

    Args:
        owner_url: Of whoever owns the tables.
        app_url: Of the application, if it is known here.

    Raises:
        Problem: If one login is both, or either cannot log in.
    """
    owner = _session(owner_url, "DATABASE_OWNER_URL")
    app = _session(app_url, "DATABASE_URL") if app_url else ("rialto_app", "")
    if owner[1] != app[1] and app_url:
        raise Problem(
            f"DATABASE_OWNER_URL is database {owner[1]}, DATABASE_URL is {app[1]}: name one.",
            problems.USAGE,
        )
    if owner[0] == app[0]:
        raise Problem(
            f"DATABASE_URL and DATABASE_OWNER_URL are one login, {owner[0]}. Whoever breaks into "
            "the application could rewrite the books: make two, as docs/how-to/run-it.md says.",
            problems.USAGE,
        )
    with psycopg.connect(owner_url) as connection:
        question = (
            "SELECT rolsuper OR pg_has_role(oid, %s, 'MEMBER') FROM pg_roles WHERE rolname = %s"
        )
        found = connection.execute(question, [owner[0], app[0]]).fetchone()
    if found and found[0]:
        raise Problem(
            f"{app[0]}, the application's login, may become {owner[0]}, who owns the tables. As "
            f"a superuser run: ALTER ROLE {app[0]} NOSUPERUSER; REVOKE {owner[0]} FROM {app[0]};",
            problems.USAGE,
        )


def prepare(owner_url: str) -> None:
    """Make sure that the owner may make tables, and that there is a role to use them.

    Where both are one login, the application's role is made here, for the login to step down
    to.

    Raises:
        Problem: If the database cannot be reached, or the owner may too little.
    """
    with _connect(owner_url, "DATABASE_URL") as owner:
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
        if not _ask(owner, "SELECT has_schema_privilege('public', 'CREATE')"):
            database, login = owner.info.dbname, owner.info.user
            raise Problem(
                f"{login} may not make tables in {database}. As a superuser run: "
                f"ALTER DATABASE {database} OWNER TO {login}; then try again.",
                problems.SERVER_FAILED,
            )
        grants.open_schema(owner)


def migrate(env: Mapping[str, str], owner_url: str) -> None:
    """Run the migrations as the owner, and grant the application what it may do.

    Args:
        env: The environment of the program that runs them.
        owner_url: Whose the tables are.

    Raises:
        Problem: If one fails.
    """
    result = subprocess.run(
        [sys.executable, "-P", "-m", "config", "migrate", "--no-input", "-v", "0"],
        env={**env, **as_owner(owner_url)},
        capture_output=True,
        text=True,
        check=False,
        umask=processes.UMASK,
    )
    if result.returncode:
        lines = (result.stderr.strip() or "no message").splitlines()
        # PostgreSQL points at the place below its message.
        errors = [
            line for line in lines if re.match(r"[\w.]+(Error|Exception|Undefined\w*): ", line)
        ]
        last = (errors or lines)[-1]
        raise Problem(f"A migration failed: {last}", problems.SERVER_FAILED)
    for line in result.stdout.splitlines():
        say(line)
    with _connect(owner_url, "DATABASE_OWNER_URL") as owner:
        grants.apply(owner)
        owner.execute(_MAKE_PARTITIONS)


def _connect(url: str, name: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        message = str(error).strip().splitlines()[-1]
        raise Problem(
            f"The database cannot be reached ({message}). Start it, or mend {name}.",
            problems.SERVER_FAILED,
        ) from error


def _session(url: str, name: str) -> tuple[str, str]:
    with _connect(url, name) as connection:
        return connection.info.user, connection.info.dbname


def _ask(connection: psycopg.Connection, question: LiteralString) -> bool:
    row = connection.execute(question).fetchone()
    return bool(row and row[0])
