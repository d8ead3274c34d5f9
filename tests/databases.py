"""Copies of the migrated template database."""

import os
import time
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import psycopg
from django.db import connections
from psycopg import sql

TEMPLATE = "rialto_template"


class Copy:
    """A database of one worker.

    Args:
        purpose: Part of its name; a worker may have several.
        cluster: The variable that holds the address of its cluster.
    """

    def __init__(self, purpose: str, cluster: str = "RIALTO_TEST_ADMIN_URL") -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.name = f"rialto_{purpose}_{worker}_{os.getpid()}"
        self._admin_url = os.environ[cluster]

    def make(self) -> None:
        """Make it anew."""
        name, template = sql.Identifier(self.name), sql.Identifier(TEMPLATE)
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            statement = sql.SQL(
                "CREATE DATABASE {} TEMPLATE {} OWNER rialto_owner STRATEGY FILE_COPY"
            ).format(name, template)
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
