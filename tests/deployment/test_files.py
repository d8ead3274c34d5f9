"""What is committed under `deploy/` is what follows from the table of programs."""

import json
import re
import shutil

import pytest
import yaml

from config.deployment import __main__ as deployment
from config.deployment import programs, secret_files
from config.deployment.compose import SECRETS
from config.deployment.image import USER
from config.launcher import places
from config.launcher.home import ROOT, Home
from config.launcher.programs import ALL, fork_server
from tests.architecture.source import ROOMS

COMPOSE = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text())
UNITS = {file.name: file.read_text() for file in (ROOT / "deploy/systemd").glob("rialto*")}
NAMES = [spec.name for spec in programs.PROGRAMS]


def test_no_file_is_stale():
    assert deployment.main(["--check"]) == 0


def test_a_stale_file_is_named_and_written_again(tmp_path, capsys):
    folder = shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (folder / "Containerfile").write_text("FROM scratch\n")

    assert deployment.main(["--check"], folder=folder) == 1
    assert "stale: Containerfile. Run `make deploy-files`." in capsys.readouterr().err
    assert deployment.main([], folder=folder) == 0
    assert deployment.main(["--check"], folder=folder) == 0


def test_a_home_runs_the_programs_of_the_table(tmp_path):
    home = Home(tmp_path, 8000)
    forkserver = fork_server(home, {})

    made = [make(home, forkserver) for make in ALL]

    assert [part.name for part in made] == NAMES
    for part, spec in zip(made, programs.PROGRAMS, strict=True):
        assert part.command == spec.command(run=home.run, port=8000)
        assert part.stop_seconds == spec.stop_seconds


def test_every_room_is_in_the_wheel_and_in_the_image():
    image = (ROOT / "deploy/Containerfile").read_text()

    assert places.ROOMS == ROOMS
    assert all(f"\nCOPY {room} {room}\n" in image for room in ROOMS)


@pytest.mark.parametrize("spec", programs.PROGRAMS, ids=lambda spec: spec.name)
def test_compose_runs_each_program_as_nobody_on_files_that_it_cannot_change(spec):
    service = COMPOSE["services"][spec.name]

    assert service["command"][:2] == ["serve", spec.name]
    assert service["user"] == f"{USER}:{USER}"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] == f"{spec.stop_seconds}s"
    assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert ("disable" in service["healthcheck"]) == (spec.port is None)


def test_in_compose_only_migrating_is_told_the_owner():
    told = {name: set(service.get("secrets", [])) for name, service in COMPOSE["services"].items()}

    knowing = {name for name, secrets in told.items() if "database_owner_url" in secrets}
    assert knowing == {"migrate"}
    for name in NAMES:
        assert told[name] == {secret.lower() for secret in SECRETS}
    # Neither is on a network that leads outside, or open to the machine's own.
    for name in ("postgres", "redis"):
        assert COMPOSE["services"][name]["networks"] == ["inside"]
        assert "ports" not in COMPOSE["services"][name]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_no_secret_is_in_a_file():
    for file in (ROOT / "deploy").rglob("*"):
        if file.is_file() and "templates" not in file.parts:
            text = file.read_text()
            assert "PRIVATE KEY" not in text
            assert "://rialto_app:app" not in text


@pytest.mark.parametrize("spec", programs.PROGRAMS, ids=lambda spec: spec.name)
def test_each_unit_says_what_the_table_says(spec):
    unit = UNITS[f"rialto-{spec.name}.service"]

    assert f"ExecStart=/opt/rialto/bin/rialto serve {spec.name}" in unit
    assert f"TimeoutStopSec={spec.stop_seconds}\n" in unit
    assert f"MemoryMax={spec.memory_mb}M\n" in unit
    assert "owner" not in unit
    assert f"Wants=rialto-{spec.name}.service" in UNITS["rialto.target"]


def test_pages_say_what_the_table_says():
    size = (ROOT / "docs/how-to/size-it.md").read_text()
    settings = (ROOT / "docs/reference/settings.md").read_text()

    told = re.findall(r"^\| (\w+) \| (\d+) MB \|$", size, re.M)
    assert told == [
        *((spec.name, str(spec.memory_mb)) for spec in programs.PROGRAMS),
        ("migrating", str(programs.MIGRATE.memory_mb)),
    ]
    section = settings.partition("## Secrets from files")[2].partition("\n## ")[0]
    assert re.findall(r"`([A-Z_]{6,})`", section) == list(secret_files.SECRETS)


def test_the_chart_has_the_programs_and_the_release():
    told = yaml.safe_load((ROOT / "deploy/chart/files/programs.yaml").read_text())
    values = yaml.safe_load((ROOT / "deploy/chart/values.yaml").read_text())
    chart = yaml.safe_load((ROOT / "deploy/chart/Chart.yaml").read_text())
    schema = json.loads((ROOT / "deploy/chart/values.schema.json").read_text())

    assert list(told["programs"]) == list(values["programs"]) == NAMES
    assert chart["version"] == chart["appVersion"] == places.version()
    # Every value has a place in the schema, and nothing else has.
    assert set(values) == set(schema["properties"]) - {"global"}
