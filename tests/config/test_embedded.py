"""The PostgreSQL of a home: nobody logs in without a password."""

import psycopg
import pytest

from config.launcher import database, programs
from config.launcher.home import Home
from config.launcher.postgres import Postgres, embedded
from tests.config.launching import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home", free_port())
    home.make()
    return home


@pytest.fixture
def server(home):
    server = embedded(home)
    yield server
    server.stop()


def without_a_password(server, role):
    return Postgres(server.root, server.log).url(role, "postgres")


@pytest.mark.parametrize("role", ["postgres", "rialto_owner", "rialto_app"])
def test_no_role_logs_in_without_its_password(server, role):
    server.start()
    database.prepare_embedded(server.url("postgres", "postgres"), "rialto", server.passwords)

    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(without_a_password(server, role))

    psycopg.connect(server.url(role)).close()


def test_passwords_are_kept_as_scram_and_nobody_else_may_read_them(server, home):
    server.start()
    database.prepare_embedded(server.url("postgres", "postgres"), "rialto", server.passwords)

    with psycopg.connect(server.url("postgres", "postgres")) as admin:
        kept = admin.execute("SELECT rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()

    assert len(set(server.passwords.values())) == 3
    assert all(password.startswith("SCRAM-SHA-256$") for (password,) in kept)
    assert (home.root / "database.json").stat().st_mode & 0o777 == 0o600


def test_a_cluster_of_an_earlier_release_asks_for_passwords_from_now_on(server):
    earlier = Postgres(server.root, server.log)
    earlier.start()
    database.prepare_embedded(earlier.url("postgres", "postgres"), "rialto")
    earlier.stop()

    server.start()
    database.prepare_embedded(server.url("postgres", "postgres"), "rialto", server.passwords)

    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(without_a_password(server, "postgres"))
    psycopg.connect(server.url("rialto_owner")).close()


def test_passwords_that_were_lost_are_drawn_and_set_anew(server, home):
    server.start()
    server.stop()
    (home.root / "database.json").unlink()

    again = embedded(home)
    again.start()
    again.stop()

    assert again.passwords != server.passwords


def test_programs_of_a_home_are_not_told_who_owns_the_tables(home, monkeypatch):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://rialto_owner@/rialto")
    addresses = {"DATABASE_URL": "a", "DATABASE_OWNER_URL": "b", "REDIS_URL": "c"}

    env = programs.environment(home, addresses)

    assert "DATABASE_OWNER_URL" not in env
    assert env["DATABASE_URL"] == "a"
