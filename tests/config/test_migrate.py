"""Databases of before the first release: at its last migration they go on, before it they stop."""

import os
from contextlib import contextmanager

import psycopg
import pytest

from config.launcher import database
from config.launcher.problems import Problem
from config.management.commands.migrate import UPGRADE_THROUGH
from tests.databases import Copy

ROOMS = {"accounts", "api", "connect", "ledger", "payments", "processors", "webhooks"}
OF_THIS_RELEASE = """
    SELECT app FROM django_migrations WHERE name = '0001_schema' ORDER BY app
"""


@contextmanager
def a_home_of_before(*statements):
    """Make a database as the replaced migrations left it."""
    copy = Copy("before")
    copy.make()
    try:
        with psycopg.connect(copy.url("rialto_owner")) as owner:
            owner.execute("DELETE FROM django_migrations WHERE name = '0001_schema'")
            owner.execute(
                "DELETE FROM django_migrations WHERE app = 'ledger' "
                "AND name IN ('0002_reversed_once', '0003_more_sorted_by_time', "
                "'0004_words_for_people')"
            )
            owner.execute("DROP INDEX an_entry_is_reversed_once, balance_transaction_by_time")
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
        # The one thing that they lacked.
        found = "SELECT indisunique FROM pg_index WHERE indexrelid = '{}'::regclass"
        assert ask(copy, found.format("an_entry_is_reversed_once")) == [True]


def test_a_database_halfway_there_is_told_what_to_upgrade_through():
    half = "DELETE FROM django_migrations WHERE app = 'payments' AND name > '0021'"
    with a_home_of_before(half) as copy:
        with pytest.raises(Problem, match=UPGRADE_THROUGH) as refused:
            migrate(copy)

        assert "payments.0021_detached_methods" in refused.value.message
        assert ask(copy, OF_THIS_RELEASE) == []
