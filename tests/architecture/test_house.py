"""The house stays as it is drawn: sizes, prefixes, states, events, task names."""

import ast
import os
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection

from config.celery import SCHEDULE, app
from connect import states as connect_states
from core.ids import PREFIXES
from payments import states as payment_states
from processors import states as processor_states
from webhooks import states as webhook_states
from webhooks.catalog import EVENT_TYPES

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "config", "core", "api", "accounts", "ledger", "webhooks", "processors", "operations",
    "connect", "payments",
)  # fmt: skip
FILES = [
    path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
MACHINES = (
    *payment_states.MACHINES,
    *connect_states.MACHINES,
    *processor_states.MACHINES,
    *webhook_states.MACHINES,
)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines_and_no_function_than_60(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node) or ""
            length = (node.end_lineno or 0) - node.lineno - len(docstring.splitlines())
            assert length <= 60, f"{node.name} has {length} lines"


def test_no_package_has_more_than_14_modules():
    counts = Counter(path.parent for path in FILES if path.name != "__init__.py")

    assert {str(folder): n for folder, n in counts.items() if n > 14} == {}


def test_half_of_the_files_have_at_most_120_lines():
    lengths = sorted(len(path.read_text().splitlines()) for path in FILES)

    assert lengths[len(lengths) // 2] <= 120


def test_no_prefix_begins_another_with_the_same_meaning():
    assert len(set(PREFIXES.values())) == len(PREFIXES)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_every_state_is_in_the_table_and_every_move_leads_to_one(machine):
    states = set(type(next(iter(machine.moves))))

    assert set(machine.moves) == states
    assert all(followers <= states for followers in machine.moves.values())


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_every_state_can_be_reached(machine):
    first = next(iter(machine.moves))
    reached, waiting = {first}, [first]
    while waiting:
        for state in machine.moves[waiting.pop()]:
            if state not in reached:
                reached.add(state)
                waiting.append(state)

    assert reached == set(machine.moves)


def _calls(name: str) -> set[str]:
    pattern = re.compile(name + r'\(\s*"([a-z_.]+)"', re.S)
    return {word for path in FILES for word in pattern.findall(path.read_text())}


def test_every_event_that_is_told_is_in_the_catalogue_and_described():
    told = (
        _calls(r"work\.emit")
        | _calls(r"announcements\.of_intent")
        | {"charge.captured", "charge.succeeded"}
    )

    assert told <= set(EVENT_TYPES)
    assert all(line.endswith(".") for line in EVENT_TYPES.values())


def test_every_task_that_is_asked_for_exists():
    app.loader.import_default_modules()

    assert _calls("enqueue") | set(SCHEDULE) <= set(app.tasks)


def test_settings_and_code_name_no_outside_host():
    allowed = ("127.0.0.1", "localhost", "example")
    for path in FILES:
        for url in re.findall(r"https?://([\w.\-]+)", path.read_text()):
            assert url.startswith(allowed), f"{path}: {url}"


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="nothing runs in parallel")
@pytest.mark.xdist_group("together")
def test_tests_of_one_group_stay_on_one_worker(request):
    # Some releases of pytest and pytest-xdist together lose the groups without a word.
    assert request.node.nodeid.endswith("@together")


# These write the last statement of a transaction, and may commit it.
LAST = ("bulk_writes.commit", "execute_last")


def _blocks(tree: ast.AST) -> list[list[ast.stmt]]:
    return [
        block
        for node in ast.walk(tree)
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
        if isinstance(block, list)
    ]


def _is_last(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Call) and ast.unparse(value.func) in LAST


@pytest.mark.parametrize("path", FILES, ids=str)
def test_nothing_follows_the_last_statement_of_a_transaction(path):
    tree = ast.parse(path.read_text())
    inside = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        and any("atomic()" in ast.unparse(item.context_expr) for item in node.items)
    ]
    for block in (block for node in inside for block in _blocks(node)):
        for before, after in pairwise(block):
            if _is_last(before):
                assert isinstance(after, ast.Return), ast.unparse(after)
                assert after.value is None or isinstance(after.value, ast.Name)


@pytest.mark.django_db
def test_no_index_is_only_the_beginning_of_another_one():
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.relname::text, s.relname::text
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_index j ON j.indrelid = i.indrelid AND j.indexrelid <> i.indexrelid
            JOIN pg_class s ON s.oid = j.indexrelid
            JOIN pg_class t ON t.oid = i.indrelid
            WHERE NOT i.indisunique AND i.indpred IS NULL AND j.indpred IS NULL
                AND i.indexprs IS NULL AND j.indexprs IS NULL
                AND c.relam = s.relam AND i.indclass[0] = j.indclass[0]
                AND (j.indkey::text || ' ') LIKE (i.indkey::text || ' %')
                AND t.relname ~ '^(api|ledger|webhooks|processors|connect|payments)_'
        """)
        spare = cursor.fetchall()

    assert spare == [], spare
