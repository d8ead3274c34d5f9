"""Clients that others wrote, unmodified, run their flow against a running Rialto."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from config.launcher.home import ROOT
from tests.acceptance.clients.installing import Installs, NotInstalled
from tests.acceptance.clients.table import CLIENTS, HERE, Client

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installs() -> Iterator[Installs]:
    made = Installs()
    yield made
    made.close()


@pytest.fixture
def empty_database() -> Iterator[str]:
    """Make a database in which there is nothing, and give its address."""
    admin_url = os.environ["RIALTO_TEST_ADMIN_URL"]
    name = f"client_{os.getpid()}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.id)
def test_a_client_of_its_time_runs_its_flow(request, rialto_server, installs, client: Client):
    try:
        place = installs.place_of(client)
    except NotInstalled as why:
        pytest.skip(str(why))
    account, key = rialto_server.new_platform()
    is_node = client.flow.endswith(".js")
    program = shutil.which("node") if is_node else sys.executable
    assert program
    env = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(place),
        "CLIENT_PLACE": str(place),
        "CLIENT_ACCOUNT": account,
        "CLIENT_KEY": key,
        "CLIENT_BASE": rialto_server.base_url,
        "CLIENT_VERSION": client.version,
    }
    if client.mirrors:
        env["CLIENT_DATABASE"] = request.getfixturevalue("empty_database")

    ended = subprocess.run(
        [program, *([] if is_node else ["-P"]), str(HERE / client.flow)],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr[-3_000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    assert len(told["done"]) >= 5
    assert frozenset(told["marks"]) == client.marks


def test_locks_name_packages_and_hashes_and_no_addresses():
    for client in CLIENTS:
        text = client.lock.read_text()
        assert "://" not in text, client.name
        assert "sha" in text
