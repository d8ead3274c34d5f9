"""Every room reads and writes its own tables in SQL, and asks another room's queries for theirs."""

import ast
import re
from functools import lru_cache
from typing import Final

from django.apps import apps

from tests.architecture.source import FILES, ROOMS, nodes, place

# File → the rooms whose tables it names, and why it may.
EXCEPTIONS: Final = {
    "config/bench/yardsticks/function.py": (
        {"ledger"},
        "Measures the ledger's function by itself.",
    ),
    "config/bench/grown.py": ({"ledger"}, "Copies a day a thousand times, as no service does."),
    "config/bench/webhooks/aged.py": (
        {"core", "webhooks"},
        "Writes weeks of events at once, as no service does.",
    ),
    "config/bench/webhooks/rows.py": (
        {"accounts", "webhooks"},
        "Makes thousands of deliveries due at one moment, as no service does.",
    ),
    "config/bench/scale.py": ({"ledger"}, "Copies entries a million times, as no service does."),
    "config/launcher/database.py": ({"core"}, "Makes partitions before any program runs."),
    "config/launcher/testing.py": ({"accounts"}, "Replaces a function that an owner gives out."),
    "connect/onboarding/services/stranded.py": ({"accounts"}, "One query over many sellers."),
    "connect/transfers/queries.py": ({"accounts"}, "Every split payment asks: one round trip."),
    "connect/transfers/services/conversions.py": ({"accounts"}, "The same round trip."),
    "payments/charges/services/fee_schedules.py": ({"accounts"}, "The charge's own round trip."),
}
_IS_SQL: Final = re.compile(r"\b(SELECT|FROM|JOIN|INSERT INTO|UPDATE|ANALYZE|LATERAL)\s")


@lru_cache(maxsize=1)
def _tables() -> dict[str, str]:
    return {
        model._meta.db_table: room
        for model in apps.get_models(include_auto_created=True)
        if (room := model._meta.db_table.partition("_")[0]) in ROOMS
    }


def _text(node: ast.JoinedStr) -> str:
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _texts(inside: list[ast.AST]) -> list[str]:
    """Return the texts of a module, each f-string in one piece, without docstrings."""
    docstrings = {
        id(node.value)
        for node in inside
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    whole = [_text(node) for node in inside if isinstance(node, ast.JoinedStr)]
    return whole + [
        node.value
        for node in inside
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]


def named_rooms(inside: list[ast.AST], room: str) -> set[str]:
    """Return the other rooms whose tables, or functions, the SQL of a module names."""
    found = set()
    for source in filter(_IS_SQL.search, _texts(inside)):
        found |= {_tables()[word] for word in re.findall(r"\w+", source) if word in _tables()}
        found |= set(re.findall(rf"\b({'|'.join(ROOMS)})_[a-z_]+\(", source))
    return found - {room}


def test_no_sql_names_the_tables_of_another_room():
    named = {
        name: rooms
        for path in FILES
        for name in [place(path)]
        if (rooms := named_rooms(nodes(path), name.partition("/")[0]))
    }

    assert named == {name: rooms for name, (rooms, _) in EXCEPTIONS.items()}


def _of(text: str) -> set[str]:
    return named_rooms(list(ast.walk(ast.parse(text))), "payments")


def test_texts_in_pieces_and_functions_are_seen():
    text = 'QUERY = f"SELECT {NAMES} FROM ledger_posting"\nOTHER = "SELECT webhooks_fan_out(%s)"'

    assert _of(text) == {"ledger", "webhooks"}
    assert _of('link("id", "ledger_journalentry")') == set()
