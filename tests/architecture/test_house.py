"""The house stays as it is drawn: sizes, prefixes, states, events, task names."""

import ast
import os
import re
from collections import Counter
from itertools import pairwise

import pytest
from django.db import connection

from accounts import states as account_states
from config.celery import SCHEDULE, app
from connect import states as connect_states
from core.ids import PREFIXES
from payments import states as payment_states
from processors import states as processor_states
from tests.architecture.source import FILES, nodes, place, text
from webhooks import states as webhook_states
from webhooks.catalog import EVENT_TYPES

MACHINES = (
    *account_states.MACHINES,
    *payment_states.MACHINES,
    *connect_states.MACHINES,
    *processor_states.MACHINES,
    *webhook_states.MACHINES,
)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    docstring = ast.get_docstring(node) or ""
    return (node.end_lineno or 0) - node.lineno - len(docstring.splitlines())


def test_no_file_is_longer_than_400_lines_and_no_function_than_60():
    files = [place(path) for path in FILES if len(text(path).splitlines()) > 400]
    functions = [
        f"{place(path)}: {node.name} has {_length(node)} lines"
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > 60
    ]

    assert files == []
    assert functions == []


def test_no_package_has_more_than_14_modules():
    counts = Counter(path.parent for path in FILES if path.name != "__init__.py")

    assert {str(folder): n for folder, n in counts.items() if n > 14} == {}


def test_half_of_the_files_have_at_most_95_lines_and_nine_of_ten_at_most_240():
    lengths = sorted(
        lines
        for path in FILES
        for lines in [len(text(path).splitlines())]
        # A package that only says what it is has nothing to be read.
        if path.name != "__init__.py" or lines > 10
    )

    assert lengths[len(lengths) // 2] <= 95
    assert lengths[len(lengths) * 9 // 10] <= 240


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
    return {word for path in FILES for word in pattern.findall(text(path))}


def test_every_event_that_is_told_is_in_the_catalogue_and_described():
    told = (
        _calls(r"work\.emit")
        | _calls(r"intent_events\.emit")
        | {"charge.captured", "charge.succeeded"}
    )

    assert told <= set(EVENT_TYPES)
    assert all(line.endswith(".") for line in EVENT_TYPES.values())


def test_every_task_that_is_asked_for_exists():
    app.loader.import_default_modules()

    assert _calls("enqueue") | set(SCHEDULE) <= set(app.tasks)


# A payer's browser loads a processor's script from there, and the page's policy must name it.
_HOSTS_OF_SCRIPTS = {
    "processors/adyen/about.py": {
        "checkoutshopper-test.adyen.com",
        "checkoutshopper-live.adyen.com",
        "checkoutshopper-live-us.adyen.com",
    },
    "processors/stripe/about.py": {"js.stripe.com"},
    "processors/stripe/browser.py": {"js.stripe.com", "api.stripe.com", "hooks.stripe.com"},
}


def test_settings_and_code_name_no_outside_host():
    allowed = ("127.0.0.", "localhost", "example")
    found = [
        f"{place(path)}: {host}"
        for path in FILES
        for host in re.findall(r"https?://([\w.\-]+)", text(path))
        if not host.startswith(allowed) and host not in _HOSTS_OF_SCRIPTS.get(place(path), ())
    ]

    assert found == []


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="nothing runs in parallel")
def test_tests_of_one_group_stay_on_one_worker(request):
    # Some releases of pytest and pytest-xdist together lose the groups without a word.
    assert request.node.nodeid.endswith("@house")


# These write the last statement of a transaction, and may commit it.
LAST = ("bulk_writes.commit", "execute_last")


def _blocks(inside: ast.AST) -> list[list[ast.stmt]]:
    return [
        block
        for node in ast.walk(inside)
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
        if isinstance(block, list)
    ]


def _is_last(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Call) and ast.unparse(value.func) in LAST


def _only_returns(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return) and isinstance(statement.value, ast.Name | None)


def test_nothing_follows_the_last_statement_of_a_transaction():
    inside = [
        (path, node)
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.With)
        and any("atomic()" in ast.unparse(item.context_expr) for item in node.items)
    ]
    found = [
        f"{place(path)}:{after.lineno}: {ast.unparse(after)}"
        for path, node in inside
        for block in _blocks(node)
        for before, after in pairwise(block)
        if _is_last(before) and not _only_returns(after)
    ]

    assert found == []


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
                AND t.relname ~ '^(api|ledger|webhooks|processors|connect|payments|checkout)_'
        """)
        spare = cursor.fetchall()

    assert spare == [], spare
