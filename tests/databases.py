"""Copies of the migrated template database."""

import os
import time
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections
from psycopg import sql
from psycopg.pq import TransactionStatus

TEMPLATE = "rialto_template"

# What is removed stays in the files until a copy is made anew.
_CLEANED_AT_MOST: Final = 100

_TABLES: Final = """
    SELECT relname::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"""
_NUMBERS: Final = """
    SELECT quote_ident(sequencename), start_value, last_value FROM pg_sequences
    WHERE schemaname = 'public'"""
# Whatever changes a table, a function, a right or what is known of a table's rows writes to one.
_CATALOGS: Final = (
    "pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_default_acl", "pg_event_trigger",
    "pg_extension", "pg_index", "pg_namespace", "pg_policy", "pg_proc", "pg_rewrite",
    "pg_statistic", "pg_statistic_ext", "pg_trigger", "pg_type",
)  # fmt: skip
_SCHEMA: Final = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM pg_catalog.{catalog}" for catalog in _CATALOGS
)
_OTHERS: Final = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)"""
# Every test begins with the time limit of a page.
_SESSION: Final = """
    SELECT EXISTS (SELECT FROM pg_settings WHERE source = 'session'
            AND name NOT IN ('role', 'statement_timeout', 'TimeZone', 'client_encoding'))
        OR EXISTS (SELECT FROM pg_listening_channels())
        OR EXISTS (SELECT FROM pg_cursors)
        OR EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())"""


class Copy:
    """A database of one worker.

    Args:
        purpose: Part of its name; a worker may have several.
    """

    def __init__(self, purpose: str) -> None:
        self._cleaner: _Cleaner | None = None
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.name = f"rialto_{purpose}_{worker}_{os.getpid()}"
        self._admin_url = os.environ["RIALTO_TEST_ADMIN_URL"]

    def make(self) -> None:
        """Make it anew."""
        self._forget()
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

    def renew(self) -> None:
        """Make it what it was, and leave this thread's connection as it is if nothing is set there.

        Rows are removed where only rows were written. Where a test has changed the schema, or what
        is known of its tables, the copy is made anew.
        """
        links = _at_rest(self.name)
        if self._cleaner is None or not self._cleaner.clean(links):
            connections.close_all()
            self.make()
            self._cleaner = _Cleaner(self.url("postgres"))
            # Whoever opened one meanwhile has lost it.
            connections.close_all()

    def _forget(self) -> None:
        if self._cleaner is not None:
            self._cleaner.end()
            self._cleaner = None

    def drop(self) -> None:
        """Remove it."""
        self._forget()
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(statement.format(sql.Identifier(self.name)))

    def url(self, role: str = "rialto_app") -> str:
        """Return its address for a role."""
        parts = urlsplit(self._admin_url)
        return urlunsplit(parts._replace(netloc=f"{role}@", path=f"/{self.name}"))

    def use(self) -> str:
        """Point Django's connections at it, and return the name they had."""
        settings = connections["default"].settings_dict
        connections["default"].close()
        before: str = settings["NAME"]
        settings["NAME"] = self.name
        connections.settings["default"]["NAME"] = self.name
        return before


class _Cleaner:
    """Knows what a copy held when it was new, and takes what has come since."""

    def __init__(self, url: str) -> None:
        self._admin = psycopg.connect(url, autocommit=True)
        # The ledger's tables let nobody remove a row, and no order pleases all foreign keys.
        self._admin.execute("SET session_replication_role = replica")
        tables = [sql.Identifier(name) for (name,) in self._admin.execute(_TABLES)]
        found = [(table, self._rows(table)) for table in tables]
        self._held = [(table, rows) for table, rows in found if rows]
        self._empty = [table for table, rows in found if not rows]
        each = sql.SQL("EXISTS (SELECT FROM {})")
        self._any_rows = sql.SQL("SELECT {}").format(
            sql.SQL(", ").join(each.format(table) for table in self._empty)
        )
        self._schema = self._ask(_SCHEMA)
        self._numbers = self._ask(_NUMBERS)
        self._left = _CLEANED_AT_MOST

    def clean(self, links: list[int]) -> bool:
        """Take what came into the copy; False if that needs a new one.

        Args:
            links: The server's processes that stay; all others are ended first.
        """
        self._admin.execute(_OTHERS, [links], prepare=True)
        self._left -= 1
        if self._left < 0 or self._ask(_SCHEMA) != self._schema:
            return False
        with self._admin.transaction():
            self._remove_rows()
            self._count_anew()
        return True

    def end(self) -> None:
        """Leave the database."""
        self._admin.close()

    def _remove_rows(self) -> None:
        delete = sql.SQL("DELETE FROM {}")
        for table, has_rows in zip(self._empty, self._ask(self._any_rows)[0], strict=True):
            if has_rows:
                self._admin.execute(delete.format(table))
        for table, rows in self._held:
            if self._rows(table) != rows:
                self._admin.execute(delete.format(table))
                with self._admin.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
                    copy.write(rows)

    def _count_anew(self) -> None:
        for now, before in zip(self._ask(_NUMBERS), self._numbers, strict=True):
            if now != before:
                name, first, last = before
                value = (name, first, False) if last is None else (name, last, True)
                self._admin.execute("SELECT setval(%s, %s, %s)", value)

    def _rows(self, table: sql.Identifier) -> bytes:
        with self._admin.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as copy:
            return b"".join(bytes(part) for part in copy)

    def _ask(self, question: Any) -> list[Any]:
        return self._admin.execute(question, prepare=True).fetchall()


def _at_rest(database: str) -> list[int]:
    """Close this thread's connections that are not as new; return whom the others speak to."""
    kept = []
    for link in connections.all(initialized_only=True):
        inner = link.connection
        if inner is None:
            continue
        if (
            not inner.closed
            and not link.in_atomic_block
            and not link.execute_wrappers
            and inner.autocommit
            and inner.info.transaction_status == TransactionStatus.IDLE
            and inner.info.dbname == database
            and inner.execute(_SESSION, prepare=True).fetchone() == (False,)
        ):
            kept.append(inner.info.backend_pid)
        else:
            link.close()
    return kept
