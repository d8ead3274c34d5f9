"""The house stays as it is drawn: sizes, prefixes, states, events, task names."""

import ast
import os
import re
from pathlib import Path

import pytest

from config.celery import SCHEDULE, app
from connect import states as connect_states
from core.ids import PREFIXES
from payments import states as payment_states
from webhooks import states as webhook_states
from webhooks.catalog import EVENT_TYPES

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "config", "core", "api", "accounts", "ledger", "webhooks", "processors", "connect",
    "payments",
)  # fmt: skip
FILES = [
    path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
MACHINES = (*payment_states.MACHINES, *connect_states.MACHINES, *webhook_states.MACHINES)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines_and_no_function_than_60(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node) or ""
            length = (node.end_lineno or 0) - node.lineno - len(docstring.splitlines())
            assert length <= 60, f"{node.name} has {length} lines"


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
    told = _calls(r"movement\.tell") | {"charge.captured", "charge.succeeded"}

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
