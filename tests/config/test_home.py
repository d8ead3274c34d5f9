import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.cli import running
from config.launcher import problems, processes, up
from config.launcher.home import Home, Lock, check_port, end_orphans
from config.launcher.problems import Problem
from config.launcher.supervisor import Supervisor
from tests.config.launching import Launched, free_port


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home", free_port())
    home.make()
    return home


def test_a_home_that_cannot_be_written_is_one_clear_line():
    refused = Launched(Path("/proc/rialto")).rialto("up")

    assert refused.returncode == problems.HOME_UNUSABLE
    assert "Set RIALTO_HOME to a folder of yours." in refused.stderr


def test_a_full_disk_is_stated_before_anything_is_written(home, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 99, 1))

    with pytest.raises(Problem, match=r"is full .* Make room") as problem:
        home.make()

    assert problem.value.code == problems.DISK_FULL


def test_a_command_that_others_would_disturb_waits_for_them_and_says_so(home, capsys):
    done = []
    began = threading.Event()

    def second():
        began.set()
        with running.exclusive(home, "demo"):
            done.append("second")

    with running.exclusive(home, "demo"):
        other = threading.Thread(target=second)
        other.start()
        began.wait(5)
        other.join(0.2)
        done.append("first")
    other.join(5)

    assert done == ["first", "second"]
    assert f"Another `rialto demo` runs in {home.root}; waiting" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("RIALTO_PORT", port)

    with pytest.raises(Problem) as problem:
        Home.of_environment()

    assert problem.value.code == problems.USAGE


def test_secrets_are_drawn_once_and_are_private(home):
    first = home.secrets()

    assert home.secrets() == first
    assert len(set(first.values())) == 3
    assert (home.root / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_stale_lock_is_taken_and_noticed(home):
    (home.run / "lock").write_text("999999")
    lock = Lock(home)

    lock.take()

    assert lock.was_killed
    lock.release()
    assert (home.run / "lock").read_text() == ""


def test_orphans_are_ended_but_nobody_else(home):
    orphan = subprocess.Popen(
        ["sleep", "60"], env=os.environ | {"RIALTO_HOME": str(home.root)}, start_new_session=True
    )
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    children = {"web": orphan.pid, "relay": stranger.pid}
    (home.run / "children.json").write_text(json.dumps(children))
    # Its number is found again by nobody until it has been waited for.
    time.sleep(0.1)

    assert end_orphans(home) == 1

    assert orphan.wait(5) == -signal.SIGTERM
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_free_port_is_free(home):
    check_port(home)


def test_parts_are_stopped_in_reverse_order(home):
    log = home.root / "said"
    supervisor = Supervisor(home.run / "children.json", print)
    for name in ("first", "second", "third"):
        supervisor.start(a_program(home, name, log))
    wait_for(lambda: log.exists() and log.read_text().count("up") == 3)

    supervisor.stop()

    ends = [line for line in log.read_text().splitlines() if line.endswith("down")]
    assert ends == ["third down", "second down", "first down"]
    assert not (home.run / "children.json").exists()


def test_a_part_that_keeps_ending_is_started_ever_more_slowly(home):
    log = []
    supervisor = Supervisor(home.run / "children.json", log.append)
    supervisor.start(APart("broken", "exit(3)", home.logs / "b.log"))
    deadline = time.monotonic() + 4

    supervisor.watch(lambda: time.monotonic() > deadline)
    supervisor.stop()

    assert [line.partition("; ")[2].partition(".")[0] for line in log[:2]] == [
        "starting it again in 1 s",
        "starting it again in 2 s",
    ]


def test_only_the_first_signal_interrupts_so_that_a_second_one_does_not_interrupt_the_end():
    ended = []
    with up._signals() as was_asked:
        assert not was_asked()
        with pytest.raises(up._Stop):
            signal.raise_signal(signal.SIGTERM)
        # As make forwards it, before anything is stopped.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.raise_signal(number)
        ended.append("in peace")
        assert was_asked()

    assert ended == ["in peace"]


def a_program(home, name, log):
    code = (
        "import signal, sys, time\n"
        f"say = lambda what: open({str(log)!r}, 'a').write('{name} ' + what + '\\n')\n"
        "def end(*_):\n    say('down')\n    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "say('up')\n"
        "time.sleep(60)\n"
    )
    return APart(name, code, home.logs / f"{name}.log")


@dataclass
class APart:
    """A part whose process runs some code."""

    name: str
    code: str
    log: Path
    process: subprocess.Popen | None = None

    def start(self):
        self.process = processes.spawn([sys.executable, "-c", self.code], log=self.log)

    def stop(self):
        processes.stop(self.process)


def wait_for(is_so):
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
