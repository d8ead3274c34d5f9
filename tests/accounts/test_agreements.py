"""What an agreement lets a platform do is decided once, for the code and for the database."""

import re
from itertools import product

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts.models import Connection
from api.access import permissions
from config.launcher.home import ROOT
from tests.factories import a_platform, a_seller

pytestmark = pytest.mark.django_db

NAMES = ("transfers", "accounts", "events", "persons", "external_accounts")
LEVELS = (None, "none", "read", "write", "whatever")


def agreements(name):
    """Return every agreement that says something, or nothing, of a permission and of the rest."""
    yield None
    for own, rest in product(LEVELS, LEVELS):
        levels = {name: own, "*": rest, "other": "write"}
        yield {word: level for word, level in levels.items() if level is not None}


@pytest.mark.parametrize("level", ["read", "write"])
@pytest.mark.parametrize("name", NAMES)
def test_the_database_answers_as_the_code_does(name, level):
    platform = a_platform()
    sellers = {a_seller(platform).account_id: granted for granted in agreements(name)}
    rows = Connection.objects.filter(platform_id=platform.account_id)
    for account_id, granted in sellers.items():
        rows.filter(account_id=account_id).update(granted=granted, ended_at=Now())

    found = set(rows.filter(Connection.letting(level, name)).values_list("account_id", flat=True))

    right = {id for id, granted in sellers.items() if permissions.allows(granted, name, level)}
    assert found == right
    assert 0 < len(right) < len(sellers)
    with connection.cursor() as cursor:
        spelt = permissions.allows_in_sql("c.granted", name, level)
        cursor.execute(
            f"SELECT c.account_id FROM accounts_connection c WHERE c.platform_id = %s AND {spelt}",
            [platform.account_id],
        )
        assert {row[0] for row in cursor.fetchall()} == right


def test_what_needs_its_own_name_is_in_no_word_for_the_rest():
    assert permissions.allows(None, "persons", "read") is False
    assert permissions.allows({"*": "write"}, "persons", "read") is False
    assert permissions.allows({"persons": "read"}, "persons", "write") is False
    assert permissions.allows({"*": "write", "transfers": "read"}, "transfers", "write") is False


def test_nobody_else_spells_it():
    spelling = re.compile(r"granted\s*(?:->|\?|@>)|granted__(?!isnull\b)\w")
    found = {
        str(path.relative_to(ROOT))
        for room in ("api", "accounts", "webhooks", "processors", "connect", "payments", "config")
        for path in (ROOT / room).rglob("*.py")
        if spelling.search(path.read_text())
    }

    assert found == set()
