"""Clusters of a worker, and copies of the migrated template database in them."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar, cast
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import psycopg
from django.db import connections
from psycopg import sql

from config.launcher import kept_template
from config.launcher.postgres import THROW_AWAY, Postgres

TEMPLATE = "rialto_template"
_ADMIN = ("postgres", "postgres")

Made = TypeVar("Made")
_kept: Final[dict[str, object]] = {}


def start_cluster(purpose: str) -> Postgres:
    """Start a PostgreSQL of this worker's own, in which there is the template."""
    data = Path(os.environ["RIALTO_TEST_TEMPLATE"])
    root = data.parents[1] / f"{purpose}-{_worker()}"
    cluster = Postgres(root, root.with_suffix(".log"), tuning=THROW_AWAY)
    kept_template.copy(data, cluster)
    cluster.start()
    return cluster


def be_the_workers_own(cluster: Postgres) -> None:
    """Let this process, and those that it starts, find the worker's own cluster."""
    os.environ |= {
        "RIALTO_TEST_ADMIN_URL": cluster.url(*_ADMIN),
        "DATABASE_URL": cluster.url("rialto_app", TEMPLATE),
        "DATABASE_OWNER_URL": cluster.url("rialto_owner", TEMPLATE),
    }


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


class Copy:
    """A database of one worker.

    Args:
        purpose: Part of its name; a worker may have several.
        cluster: Where it is; None for the worker's own cluster.
    """

    def __init__(self, purpose: str, cluster: Postgres | None = None) -> None:
        self.name = f"rialto_{purpose}_{_worker()}_{os.getpid()}"
        self._admin_url = cluster.url(*_ADMIN) if cluster else os.environ["RIALTO_TEST_ADMIN_URL"]

    def make(self, template: str = TEMPLATE) -> None:
        """Make it anew, as another database is."""
        name, original = sql.Identifier(self.name), sql.Identifier(template)
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            statement = sql.SQL(
                "CREATE DATABASE {} TEMPLATE {} OWNER rialto_owner STRATEGY FILE_COPY"
            ).format(name, original)
            for _ in range(50):
                try:
                    admin.execute(statement)
                except psycopg.errors.ObjectInUse:
                    # Somebody looks at the template.
                    time.sleep(0.1)
                else:
                    return
            admin.execute(statement)

    def drop(self) -> None:
        """Remove it."""
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(statement.format(sql.Identifier(self.name)))

    def url(self, role: str = "rialto_app") -> str:
        """Return its address for a role."""
        parts = urlsplit(self._admin_url)
        return urlunsplit(parts._replace(netloc=f"{role}@", path=f"/{self.name}"))

    def use(self) -> dict[str, str]:
        """Point Django's connections at it, and return where they pointed."""
        (host,) = parse_qs(urlsplit(self._admin_url).query)["host"]
        return point_at({"HOST": host, "NAME": self.name})


def kept(name: str, build: Callable[[], Made]) -> Made:
    """Return what `build` returned, with all that it wrote: it is called once in each worker.

    For tests that commit. The second one is given a copy of the database as it was after the first
    call, which takes a tenth of a second whatever is in it.

    Args:
        name: Part of the copy's name.
        build: Writes to a database that is as the template, and returns what the tests need.
    """
    work, copy = Copy("work"), Copy(f"kept_{name}")
    if name in _kept:
        connections.close_all()
        work.make(copy.name)
    else:
        _kept[name] = build()
        connections.close_all()
        copy.make(work.name)
    return cast(Made, _kept[name])


def point_at(place: dict[str, str]) -> dict[str, str]:
    """Point Django's connections at a database, and return where they pointed."""
    connection = connections["default"]
    before = {key: connection.settings_dict[key] for key in place}
    connection.close()
    connection.settings_dict |= place
    connections.settings["default"] |= place
    return before


def address_in_use(role: str = "postgres") -> str:
    """Return the address of the database that Django's connection points at, for a role."""
    settings = connections["default"].settings_dict
    return f"postgres://{role}@/{settings['NAME']}?host={quote(settings['HOST'])}"
