"""A migrated PostgreSQL and a Redis to throw away: `python -m config.launcher.testing pytest`."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.launcher import database, kept_template
from config.launcher.postgres import THROW_AWAY, Postgres
from config.launcher.problems import Problem
from config.launcher.redis import Redis

TEMPLATE = "rialto_template"


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Start a Redis, migrate a cluster for copying, and give the environment for using them.

    Each worker starts copies of the cluster (`tests/databases.py`): what is open in a long test of
    one would hold back the relay of another, which waits for every transaction of its cluster.
    """
    root = Path(tempfile.mkdtemp(prefix="rialto-test-", dir=_memory()))
    root.chmod(0o755)
    pg = Postgres(root / "postgres", root / "postgres.log", tuning=THROW_AWAY)
    redis = Redis(root / "redis", root / "redis.log")
    try:
        redis.start()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "RIALTO_HOME": str(root / "home"),
            "RIALTO_TEST_TEMPLATE": str(pg.data),
            "DATABASE_URL": pg.url("rialto_app", TEMPLATE),
            "DATABASE_OWNER_URL": pg.url("rialto_owner", TEMPLATE),
            "REDIS_URL": redis.url,
        }
        # Tests start some hundred processes, and each would compile all of the code again.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        (root / "home").mkdir()
        if not kept_template.take(pg):
            pg.start()
            _migrate(pg, environment)
            pg.stop()
            kept_template.keep(pg)
        yield environment
    finally:
        redis.stop()
        pg.stop()
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(pg.socket, ignore_errors=True)


def _migrate(pg: Postgres, environment: dict[str, str]) -> None:
    owner_url = environment["DATABASE_OWNER_URL"]
    database.prepare_embedded(pg.url("postgres", "postgres"), TEMPLATE)
    database.prepare(owner_url)
    database.migrate(environment, owner_url)
    _let_tests_act_as_owner(owner_url)


def _let_tests_act_as_owner(owner_url: str) -> None:
    """Grant the tests' role what only the owner may do elsewhere."""
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "CREATE FUNCTION testing_make_operator(p_id text, p_role text) "
            "RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$ "
            "UPDATE accounts_user SET is_staff = true, operator_role = p_role WHERE id = p_id $$"
        )
        owner.execute(
            "CREATE FUNCTION testing_execute(p_statement text) RETURNS void LANGUAGE plpgsql "
            "SECURITY DEFINER SET search_path = public, pg_temp "
            "AS $$ BEGIN EXECUTE p_statement; END $$"
        )


def _memory() -> str | None:
    """Prefer memory to disk, when there is enough of it."""
    shared = Path("/dev/shm")  # noqa: S108  a mount, not a file of ours
    if shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 2 << 30:
        return str(shared)
    return None


def main(command: list[str]) -> int:
    """Run a command with both servers up; its exit code is ours."""
    try:
        with servers() as environment:
            return subprocess.run(
                [sys.executable, "-m", *command], env=environment, check=False
            ).returncode
    except Problem as problem:
        print(f"rialto: {problem.message}", file=sys.stderr)  # noqa: T201  this is a command
        return problem.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
