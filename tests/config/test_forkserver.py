"""The programs of a home run in copies of one process, and are watched like processes of ours."""

import os
import signal
import subprocess
import sys
import time

import pytest

from config.forkserver.client import ForkServer
from config.launcher.problems import Problem

# Says who it is, and ends as it is told to.
PROGRAM = """
import os, sys
from django.db import connection
options = connection.settings_dict["OPTIONS"]
print(os.environ["RIALTO_PROCESS"], options["application_name"], options["options"].split()[1])
print(sys.argv[1:], os.getsid(0) == os.getpid(), __name__, flush=True)
if sys.argv[1] == "stay":
    import signal
    signal.pause()
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forkserver")
    (folder / "program.py").write_text(PROGRAM)
    server = ForkServer(folder / "forkserver.log", dict(os.environ))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def run(server, tmp_path):
    def run(name, *arguments):
        program = str(server.log.with_name("program.py"))
        return server.run(name, [program, *arguments], tmp_path / "log")

    return run


def wait_for(log, word):
    deadline = time.monotonic() + 20
    while not (log.exists() and word in log.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_copy_is_the_program_that_was_asked_for(run, tmp_path):
    worker = run("worker", "7")

    assert worker.wait(20) == 7
    assert (tmp_path / "log").read_text().splitlines() == [
        "rialto worker rialto worker statement_timeout=60s",
        "['7'] True __main__",
    ]
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_copy_ends_by_a_signal_and_the_next_begins(run, tmp_path):
    web = run("web", "stay")
    wait_for(tmp_path / "log", "stay")

    with pytest.raises(subprocess.TimeoutExpired):
        web.wait(0)
    web.send_signal(signal.SIGTERM)

    assert web.wait(20) == -signal.SIGTERM
    # Whoever has ended is sent nothing.
    web.kill()
    assert run("web", "0").wait(20) == 0


def test_copies_end_with_the_fork_server_and_those_of_the_next_one_are_told_apart(
    server, run, tmp_path
):
    web = run("web", "stay")
    wait_for(tmp_path / "log", "stay")

    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(10)
    server.stop()
    server.start()
    relay = run("relay", "3")

    # Nobody saw how it ended.
    assert web.wait(20) == 255
    assert relay.wait(20) == 3


def test_why_there_is_no_fork_server_is_told(tmp_path):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.missing"}
    server = ForkServer(tmp_path / "log", environment)
    server.start()

    with pytest.raises(Problem, match=r"No module named 'config.settings.missing'") as refused:
        server.run("web", [sys.executable], tmp_path / "web.log")
    server.stop()

    assert str(tmp_path / "log") in refused.value.message
    with pytest.raises(Problem, match="does not run"):
        server.run("web", [sys.executable], tmp_path / "web.log")
