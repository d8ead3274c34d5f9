"""Databases of before the first release: at its last migration they go on, before it they stop."""

import os
from contextlib import contextmanager

import psycopg
import pytest

from config.launcher import database
from config.launcher.problems import Problem
from config.management.commands.migrate import UPGRADE_THROUGH
from tests.databases import Copy

ROOMS = {
    "accounts", "api", "checkout", "connect", "console", "ledger", "payments", "processors",
    "webhooks",
}  # fmt: skip
OF_THIS_RELEASE = """
    SELECT app FROM django_migrations WHERE name = '0001_baseline' ORDER BY app
"""


@contextmanager
def a_home_of_before(*statements):
    """Make a database as the replaced migrations left it."""
    copy = Copy("before")
    copy.make()
    try:
        with psycopg.connect(copy.url("rialto_owner")) as owner:
            owner.execute("DELETE FROM django_migrations WHERE name = '0001_baseline'")
            for statement in statements:
                owner.execute(statement)
        yield copy
    finally:
        copy.drop()


def migrate(copy):
    env = os.environ | {"DATABASE_URL": copy.url()}
    database.migrate(env, copy.url("rialto_owner"))


def ask(copy, question):
    with psycopg.connect(copy.url("rialto_owner")) as owner:
        return [value for (value,) in owner.execute(question).fetchall()]


def test_a_database_at_the_last_replaced_migrations_is_taken_as_migrated():
    with a_home_of_before("UPDATE ledger_foldhorizon SET horizon = 7") as copy:
        migrate(copy)

        assert set(ask(copy, OF_THIS_RELEASE)) == ROOMS
        assert ask(copy, "SELECT horizon FROM ledger_foldhorizon") == [7]
        assert ask(copy, "SELECT count(*) FROM ledger_kind") == ask(
            copy, "SELECT count(DISTINCT kind) FROM ledger_kind"
        )


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ("app = 'payments' AND name > '0036'", "payments.0036_unresolved_requests"),
        ("app = 'checkout' AND name > '0006'", "checkout.0006_places_and_erasure"),
        # Of before a squash that is replaced itself.
        ("name ~ '^0001_schema$' AND app <> 'api'", "accounts.0001_schema"),
    ],
)
def test_a_database_halfway_there_is_told_what_to_upgrade_through(lacking, named):
    with a_home_of_before(f"DELETE FROM django_migrations WHERE {lacking}") as copy:
        with pytest.raises(Problem, match=UPGRADE_THROUGH) as refused:
            migrate(copy)

        assert named in refused.value.message
        assert ask(copy, OF_THIS_RELEASE) == []
