"""Production as its page says, word for word, on a PostgreSQL that asks for passwords."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from config.launcher.home import ROOT
from config.launcher.postgres import THROW_AWAY, Postgres
from config.launcher.redis import Redis
from tests.config.launching import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]

PAGE = (ROOT / "docs" / "how-to" / "run-it.md").read_text().partition("## On a server")[2]
PASSWORDS = {"postgres": "p", "rialto_owner": "owner-password", "rialto_app": "app-password"}
RELAY = -1
# The servers of the page, for which the tests have some here.
REMOTE = "@db.example.com/rialto?sslmode=verify-full&sslrootcert=system"


class Installation:
    """A server of somebody's, with a PostgreSQL and a Redis elsewhere."""

    def __init__(self, folder):
        folder.chmod(0o755)
        self.folder = folder
        self.port = free_port()
        self.postgres = Postgres(
            folder / "postgres", folder / "postgres.log", THROW_AWAY, PASSWORDS
        )
        self.redis = Redis(folder / "redis", folder / "redis.log")
        self.programs = []

    def admin(self, *statements):
        with psycopg.connect(self.postgres.url("postgres", "postgres"), autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement)

    def owner(self):
        return psycopg.connect(self.postgres.url("rialto_owner"), autocommit=True)

    def type(self, script, **more):
        """Run lines of the page, where they stand for this machine."""
        return subprocess.run(
            ["sh", "-e"],
            input=self.here(script),
            env=self.env() | more,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def here(self, script):
        host = quote(str(self.postgres.socket))
        return (
            script.replace(REMOTE, f"@/rialto?host={host}")
            .replace("redis://rialto:redis-password@redis.example.com:6379/0", self.redis.url)
            .replace("./rialto.env", str(self.folder / "rialto.env"))
            .replace("> rialto.env", f"> {self.folder / 'rialto.env'}")
        )

    def env(self):
        # As on a machine where nobody has set anything.
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {
            "PATH": path,
            "HOME": str(self.folder),
            "RIALTO_HOME": str(self.folder / "home"),
            "RIALTO_PORT": str(self.port),
            # Celery names its processes where their environment stands: here it is to be read.
            "SPT_NOENV": "1",
        }

    def start(self, line, **more):
        script = f"set -a; . {self.folder}/rialto.env; set +a; exec {self.here(line)}"
        log = (self.folder / f"program{len(self.programs)}.log").open("w")
        program = subprocess.Popen(
            ["sh", "-ec", script], env=self.env() | more, cwd=ROOT, stdout=log, stderr=log
        )
        self.programs.append(program)
        return program

    def ready(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
            return json.load(answer)

    def pays(self, key):
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/payment_intents",
            data=b"amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true"
            b"&return_url=https://example.com",
            headers={"Authorization": f"Bearer {key}", "Host": "pay.example.com"},
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def wait_until_ready(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert all(program.poll() is None for program in self.programs), self.output()
            try:
                return self.ready()
            except OSError:
                time.sleep(0.2)
        raise AssertionError(self.output())

    def moves(self):
        """Wait until every program has shown that it works, and return what is told of them."""
        deadline = time.monotonic() + 60
        while (told := self.ready()["programs"]) != "ok" and time.monotonic() < deadline:
            time.sleep(0.5)
        return told

    def output(self):
        return "".join(log.read_text() for log in self.folder.glob("program*.log"))

    def end(self):
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            program.wait(30)
        self.programs.clear()


def blocks(language):
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, re.M | re.S)
    return ["".join(line.removeprefix("   ") for line in b.splitlines(True)) for b in found]


SQL, (SETTINGS, TABLES, PROGRAMS, OPENING) = blocks("sql")[0], blocks("sh")


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    here = Installation(tmp_path_factory.mktemp("server"))
    try:
        here.postgres.start()
        here.redis.start()
        here.admin(*filter(str.strip, SQL.split(";")))
        written = here.type(SETTINGS)
        assert written.returncode == 0, written.stderr
        yield here
    finally:
        here.end()
        here.redis.stop()
        here.postgres.stop()


@pytest.fixture
def migrated(installation):
    if not (installation.folder / "migrated").exists():
        done = installation.type(TABLES)
        assert done.returncode == 0, done.stdout + done.stderr
        (installation.folder / "migrated").touch()
    yield installation
    installation.end()


def test_the_settings_are_nobody_elses_to_read(installation):
    assert (installation.folder / "rialto.env").stat().st_mode & 0o077 == 0


def test_all_programs_run_and_know_no_owner(migrated):
    for line in PROGRAMS.splitlines():
        migrated.start(line)

    output = migrated.wait_until_ready()

    key = json.loads(
        migrated.type(f"set -a; . ./rialto.env; set +a\n{OPENING.strip()} --json").stdout
    )["secret_key"]
    assert migrated.pays(key)["status"] == "succeeded"
    assert migrated.moves() == "ok"
    assert output | {"programs": "ok"} == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "redis": "ok",
        "login": "ok",
        "programs": "ok",
    }
    for program in migrated.programs:
        environment = Path(f"/proc/{program.pid}/environ").read_bytes()
        assert b"app-password" in environment
        assert b"owner" not in environment.lower()


def test_the_doctor_finds_nothing(migrated):
    for line in PROGRAMS.splitlines():
        migrated.start(line)
    migrated.wait_until_ready()
    assert migrated.moves() == "ok"

    seen = migrated.type("set -a; . ./rialto.env; set +a; rialto doctor --json")

    assert seen.returncode == 0, seen.stdout + seen.stderr
    assert {"role", "logins", "grants"} <= {
        check["check"] for check in json.loads(seen.stdout)["checks"] if check["status"] == "ok"
    }


def test_the_doctor_names_the_program_that_does_not_run(migrated):
    for line in PROGRAMS.splitlines()[:RELAY]:
        migrated.start(line)
    migrated.wait_until_ready()
    with migrated.owner() as owner:
        owner.execute("DELETE FROM api_heartbeat WHERE program = 'relay'")

    seen = migrated.type("set -a; . ./rialto.env; set +a; rialto doctor --json")

    assert seen.returncode == 10, seen.stdout + seen.stderr
    found = {check["check"]: check for check in json.loads(seen.stdout)["checks"]}
    assert found["programs at work"]["status"] == "failed"
    assert "relay was never seen" in found["programs at work"]["detail"]


def test_the_application_may_make_nothing(migrated):
    with psycopg.connect(migrated.postgres.url("rialto_app")) as app:
        for right in ("CREATE", "TEMPORARY"):
            question = "SELECT has_database_privilege(current_database(), %s)"
            assert app.execute(question, [right]).fetchone() == (False,)
        assert app.execute("SELECT has_schema_privilege('public', 'CREATE')").fetchone() == (False,)


def test_migrating_again_mends_what_the_application_may_do(migrated):
    with migrated.owner() as owner:
        owner.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM rialto_app")
        owner.execute("GRANT ALL ON ledger_posting TO rialto_app")

    done = migrated.type(TABLES.replace("rialto operators create you@example.com\n", ""))

    assert done.returncode == 0, done.stderr
    with migrated.owner() as owner:
        question = "SELECT has_table_privilege('rialto_app', %s, %s)"
        rights = [("payments_charge", "INSERT"), ("ledger_posting", "UPDATE")]
        output = [owner.execute(question, right).fetchone()[0] for right in rights]
    assert output == [True, False]


def test_one_login_for_both_is_refused_before_anything_is_migrated(installation):
    one = TABLES.replace("rialto_owner:owner-password", "rialto_app:app-password")

    refused = installation.type(one)

    assert refused.returncode == 2
    assert "are one login, rialto_app" in refused.stderr


def test_an_application_that_may_become_the_owner_is_refused(migrated):
    migrated.admin("GRANT rialto_owner TO rialto_app")
    try:
        refused = migrated.type(TABLES)
        served = migrated.start(PROGRAMS.splitlines()[RELAY]).wait(60)
    finally:
        migrated.admin("REVOKE rialto_owner FROM rialto_app")

    assert refused.returncode == 2
    assert "may become rialto_owner, who owns the tables" in refused.stderr
    assert served == 1
    assert "make two log-ins" in migrated.output().lower()


def test_a_program_that_serves_is_not_told_the_owner(migrated):
    told = migrated.postgres.url("rialto_owner")

    served = migrated.start(PROGRAMS.splitlines()[RELAY], DATABASE_OWNER_URL=told).wait(60)

    assert served == 1
    assert "Take DATABASE_OWNER_URL out of this program's environment" in migrated.output()


def test_an_owner_that_may_make_no_tables_is_told_how(installation):
    installation.admin("CREATE DATABASE another")
    other = TABLES.replace("com/rialto", "com/another")
    host = quote(str(installation.postgres.socket))
    url = f"postgres://rialto_app:app-password@/another?host={host}"

    refused = installation.type(
        other.replace(REMOTE.replace("/rialto", "/another"), f"@/another?host={host}").replace(
            "set +a\n", f"set +a; DATABASE_URL='{url}'\n", 1
        )
    )

    assert refused.returncode == 7
    assert "ALTER DATABASE another OWNER TO rialto_owner" in refused.stderr
