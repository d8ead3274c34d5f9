"""The page about the architecture says what the contracts say."""

import re
import tomllib
from itertools import pairwise

from tests.architecture.source import ROOMS, ROOT

PAGE = (ROOT / "docs/explanation/architecture.md").read_text()
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = [row for row in CONTRACTS["contracts"] if row["type"] == "layers"]
# Every room may have these; they are no rooms.
FURNITURE = {
    "admin", "migrations", "models", "operator_pages", "params", "resources", "services", "views",
}  # fmt: skip
PIECES = ("urls", "views", "operator_pages", "params", "services", "resources", "queries")


def _floors(layers: list[str]) -> list[set[str]]:
    return [set(re.findall(r"\w+", layer)) for layer in layers]


def _whole_house() -> list[set[str]]:
    (contract,) = [row for row in LAYERS if "containers" not in row]
    return _floors(contract["layers"])


def _inside(room: str) -> list[set[str]]:
    (contract,) = [row for row in LAYERS if row.get("containers") == [room]]
    floors = [
        {name for name in floor if (ROOT / room / name).is_dir()} - FURNITURE
        for floor in _floors(contract["layers"])
    ]
    return [floor for floor in floors if floor]


def _picture() -> str:
    return PAGE.split("```mermaid")[1].split("```")[0]


def test_the_picture_has_every_room_and_no_other():
    assert set(re.findall(r'^ +(\w+)\["\1: ', _picture(), re.M)) == set(ROOMS)


def test_the_arrows_lead_from_each_floor_to_the_next():
    drawn = {
        (above, below)
        for line in _picture().splitlines()
        if "-->" in line
        for above in re.findall(r"\w+", line.split("-->")[0])
        for below in re.findall(r"\w+", line.split("-->")[1])
    }
    floors = _whole_house()

    assert drawn == {
        (above, below) for upper, lower in pairwise(floors) for above in upper for below in lower
    }


def test_the_rooms_inside_each_room_stand_as_the_contracts_order_them():
    table = re.findall(r"^\| `(\w+)` \| (`.+`) \|$", PAGE, re.M)
    drawn = {
        room: [set(re.findall(r"`(\w+)`", floor)) for floor in inside.split(" → ")]
        for room, inside in table
    }
    single = {row["containers"][0] for row in LAYERS if len(row.get("containers", ())) == 1}

    assert drawn == {room: _inside(room) for room in single}


def test_the_furniture_of_a_room_is_in_the_order_of_the_contract():
    (contract,) = [row for row in LAYERS if "connect.transfers" in row.get("containers", ())]
    order = {name: i for i, floor in enumerate(_floors(contract["layers"])) for name in floor}
    (line,) = [line for line in PAGE.splitlines() if line.startswith("`urls` →")]
    drawn = [re.findall(r"`(\w+)`", floor) for floor in line.split(" → ")]

    assert [name for floor in drawn for name in floor] == list(PIECES)
    floors = [{order[name] for name in floor} for floor in drawn]
    assert all(len(floor) == 1 for floor in floors)
    assert all(max(upper) < min(lower) for upper, lower in pairwise(floors))


def test_each_rail_is_named_where_a_contract_keeps_it_apart():
    """A rail that a contract does not name could be imported by the domain, or know HTTP."""
    beside = [f"processors.{name}" for floor in _inside("processors") for name in floor]
    by_name = {row["name"].split(":")[0]: row for row in CONTRACTS["contracts"]}
    hidden = by_name["The domain names no rail"]["forbidden_modules"]
    quiet = by_name["The domain does not know HTTP"]["source_modules"]

    unhidden = [room for room in beside if not any(one.startswith(room) for one in hidden)]
    assert unhidden == [
        "processors.router",
        "processors.accounts",
        "processors.routing",
        "processors.protocols",
    ]
    assert [room for room in beside if room not in quiet] == []
