"""Every move of every state machine is told, or it is said why it is not."""

import re
from pathlib import Path

import pytest

from config.documents import event_samples
from tests.acceptance import annotations
from tests.webhooks.told import MACHINES, TOLD, told_by
from webhooks.catalog import EVENT_TYPES, NEVER_SENT, TEST_EVENT

MOVES = [
    pytest.param(machine, old, new, id=f"{machine.name}: {old} to {new}")
    for machine in MACHINES
    for old, followers in machine.moves.items()
    for new in sorted(followers)
]


@pytest.mark.parametrize(("machine", "old", "new"), MOVES)
def test_every_move_is_told_or_has_a_reason(machine, old, new):
    told = told_by(machine, old, new)

    assert told, (
        f"Say in tests/webhooks/told.py which event tells of {machine.name}: {old} → {new}."
    )
    if not isinstance(told, str):
        assert set(told) <= set(EVENT_TYPES)


def test_no_move_is_in_the_table_that_there_is_not():
    entered = {m: {new for some in m.moves.values() for new in some} for m in TOLD}

    stale = [
        f"{machine.name}: {key}"
        for machine, table in TOLD.items()
        for key in table
        if isinstance(key, tuple) and not machine.allows(*key)
    ]

    assert stale == []
    assert all(states <= set(TOLD[machine]) for machine, states in entered.items())


def test_every_type_of_the_catalogue_is_emitted_somewhere():
    rooms = ("payments", "connect", "checkout", "webhooks", "accounts")
    text = "\n".join(
        path.read_text()
        for room in rooms
        for path in Path(room).rglob("*.py")
        if path.name != "catalog.py"
    )

    silent = {
        type
        for type in EVENT_TYPES
        if f'"{type}"' not in text and not re.search(_made_of(type), text)
    }

    assert silent - {TEST_EVENT} == set()
    assert not set(EVENT_TYPES) & NEVER_SENT


@pytest.mark.parametrize("type", EVENT_TYPES)
def test_every_type_has_a_sample_in_the_package_s_words(type):
    data = event_samples.event(type)["data"]

    told = data["object"]
    assert ("previous_attributes" in data) == (type.endswith(".updated") or "detached" in type)
    if told["object"] == "unapplied_payment":
        return  # Ours: the package has none.
    fields = annotations.fields_of(annotations.class_of(told))
    for shape in (told, data.get("previous_attributes", {})):
        assert shape.keys() <= fields.keys()
        plain = {name: value for name, value in shape.items() if not isinstance(value, dict)}
        assert [annotations.of_value(v, fields[n], n) for n, v in plain.items()] == [[]] * len(
            plain
        )
    assert data.get("previous_attributes") != {}


def _made_of(type: str) -> str:
    """Return what finds a type that is put together, such as `checkout.session.{what}`."""
    before, _, last = type.rpartition(".")
    return rf'f"({re.escape(before)}\.\{{|\{{\w+(\[[^]]*\])?\}}\.{last}")'
