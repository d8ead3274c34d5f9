"""The wheel, built once and installed into an environment of its own, as `pip install` does."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from email import message_from_bytes
from pathlib import Path

import psycopg
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config import bootstrap
from config.launcher.home import ROOT
from config.launcher.postgres import THROW_AWAY, Postgres
from tests.architecture.source import ROOMS
from tests.config.launching import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


class Installed:
    """An environment with the wheel in it, an empty folder, and a PostgreSQL to name."""

    def __init__(self, folder):
        # PostgreSQL runs as another user, who goes through it.
        folder.chmod(0o755)
        self.environment = folder / "environment"
        self.where = folder / "empty"
        self.where.mkdir()
        self.port = free_port()
        self.postgres = Postgres(folder / "postgres", folder / "postgres.log", THROW_AWAY)
        self.web = None

    def rialto(self, *arguments):
        done = subprocess.run(
            [self.environment / "bin" / "rialto", *arguments],
            cwd=self.where,
            env=self.env(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def env(self):
        # As on a machine where nobody has set anything, but for where the database is.
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.where),
            "DATABASE_URL": self.postgres.url("postgres"),
            "RIALTO_PORT": str(self.port),
        }

    def serve(self):
        log = self.where.parent / "web.log"
        with log.open("w") as output:
            self.web = subprocess.Popen(
                [self.environment / "bin" / "rialto", "serve", "web"],
                cwd=self.where,
                env=self.env(),
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.web.poll() is None, log.read_text()
            try:
                return self.get("/livez")
            except OSError:
                time.sleep(0.1)
        raise AssertionError(log.read_text())

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.read()

    def post(self, path, body, key):
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=body,
            headers={"Authorization": f"Bearer {key}"},
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def end(self):
        if self.web is not None:
            self.web.send_signal(signal.SIGTERM)
            self.web.wait(30)
        self.postgres.stop()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built without asking anybody for anything."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = str(Path(sys.executable).parent / "uv")
    subprocess.run(
        [uv, "build", "--quiet", "--wheel", "--offline", "--out-dir", str(folder), str(ROOT)],
        check=True,
    )
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    here = Installed(tmp_path_factory.mktemp("installed"))
    uv = str(Path(sys.executable).parent / "uv")
    python = str(here.environment / "bin" / "python")
    bootstrap.run(uv, "venv", "--quiet", "--python", sys.executable, str(here.environment))
    install = (uv, "pip", "install", "--quiet", "--python", python)
    bootstrap.run(*install, "--require-hashes", "-r", str(bootstrap.LOCKS["run"]))
    bootstrap.run(*install, "--offline", "--no-deps", str(wheel))
    # The lock has all that the wheel asks for.
    bootstrap.run(uv, "pip", "check", "--quiet", "--python", python)
    try:
        here.postgres.start()
        with psycopg.connect(here.postgres.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE rialto")
        yield here
    finally:
        here.end()


def test_it_has_every_file_of_every_room_and_no_other(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    with zipfile.ZipFile(wheel) as opened:
        names = [name for name in opened.namelist() if not name.endswith("/")]
        document = opened.read("config/documents/openapi.json")

    packed = {name for name in names if ".dist-info/" not in name}
    assert packed == set(tracked)
    assert document == (ROOT / "docs/reference/openapi.json").read_bytes()


def _need(text):
    """Return a requirement as it is compared: names are written in many ways."""
    need = Requirement(text)
    return canonicalize_name(need.name), frozenset(need.extras), str(need.specifier)


def test_its_name_release_and_needs_are_those_of_the_project(wheel):
    with zipfile.ZipFile(wheel) as opened:
        folder = f"rialto-{PROJECT['version']}.dist-info"
        told = message_from_bytes(opened.read(f"{folder}/METADATA"))
        commands = opened.read(f"{folder}/entry_points.txt").decode()

    needs = {_need(each) for each in told.get_all("Requires-Dist") if "extra ==" not in each}
    assert (told["Name"], told["Version"]) == ("rialto", PROJECT["version"])
    assert needs == {_need(each) for each in PROJECT["dependencies"]}
    assert "rialto = config.cli.main:main" in commands


def test_it_says_what_it_can_and_which_release_it_is(installed):
    assert "serve" in installed.rialto("--help")
    assert installed.rialto("--version") == f"{PROJECT['version']}\n"


def test_a_database_is_all_that_it_needs_to_take_a_payment(installed):
    assert json.loads(installed.rialto("migrate", "--json")) == {"ok": True}
    opened = ("--name", "My Market", "--email", "ann@example.com", "--country", "US", "--json")
    key = json.loads(installed.rialto("platforms", "create", *opened))["secret_key"]

    installed.serve()

    paid = installed.post(
        "/v1/payment_intents",
        b"amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true"
        b"&return_url=https://example.com",
        key,
    )
    assert paid["status"] == "succeeded"
    # A style, the document, a template: what is no Python came along, and is found.
    assert b"{" in installed.get("/static/console/console.css")
    assert json.loads(installed.get("/docs/openapi.json"))["openapi"] == "3.1.0"
    assert b"Sign in" in installed.get("/login/")
    # It keeps its secrets where it was started, and nothing beside its own code.
    assert (installed.where / ".rialto" / "secrets.json").stat().st_mode & 0o077 == 0
    assert list(installed.environment.glob("lib/python3*/site-packages/.rialto")) == []
