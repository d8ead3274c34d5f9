"""Clients that others wrote, unmodified, run their flow against a running Rialto."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from config.launcher.home import ROOT
from tests.acceptance.clients.installing import Installs, NotInstalled
from tests.acceptance.clients.table import CLIENTS, HERE, Client

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installs() -> Iterator[Installs]:
    made = Installs()
    yield made
    made.close()


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.id)
def test_a_client_of_its_time_runs_its_flow(rialto_server, installs, client: Client):
    try:
        place = installs.place_of(client)
    except NotInstalled as why:
        pytest.skip(str(why))
    account, key = rialto_server.new_platform()
    is_node = client.flow.endswith(".js")
    program = shutil.which("node") if is_node else sys.executable
    assert program
    env = {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(place), "CLIENT_PLACE": str(place), "CLIENT_ACCOUNT": account,
        "CLIENT_KEY": key, "CLIENT_BASE": rialto_server.base_url, "CLIENT_VERSION": client.version,
    }  # fmt: skip

    ended = subprocess.run(
        [program, *([] if is_node else ["-P"]), str(HERE / client.flow)],
        env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr[-3_000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    assert len(told["done"]) >= 5
    assert frozenset(told["marks"]) == client.marks


def test_locks_name_packages_and_hashes_and_no_addresses():
    for client in CLIENTS:
        text = client.lock.read_text()
        assert "://" not in text, client.name
        assert "sha" in text
