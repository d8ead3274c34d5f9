"""A program that is stopped is found, ended and started again."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from config.launcher import processes
from config.launcher.home import Home
from config.launcher.supervisor import Supervisor
from config.monitoring.standing_still import Pulses, Still
from tests.config.launching import Launched

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    launched = Launched(tmp_path_factory.mktemp("still") / "home")
    launched.start()
    yield launched
    launched.end()


def pulses_of(home, name):
    folder = Home(home.root, home.port).pulses
    return {int(file.suffix[1:]) for file in folder.glob(f"{name}.*")}


def eventually(look, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def test_every_program_shows_that_it_works(home):
    for name, count in (("web", 2), ("worker", 1), ("deliveries", 1), ("beat", 1), ("relay", 1)):
        eventually(lambda n=name, c=count: len(pulses_of(home, n)) == c)


def test_a_web_process_that_is_stopped_is_replaced_by_another(home):
    eventually(lambda: len(pulses_of(home, "web")) == 2)
    before = pulses_of(home, "web")
    stopped = min(before)
    os.kill(stopped, signal.SIGSTOP)

    after = eventually(
        lambda: len(now := pulses_of(home, "web") - {stopped}) == 2 and now, seconds=90
    )

    assert len(after & before) == 1
    assert f"web stands still: process {stopped}" in home.output()
    assert not Path(f"/proc/{stopped}").exists()
    assert home.is_ready()


class Part:
    """A part whose process can be stopped."""

    name = "sleeper"

    def __init__(self, folder, pulses):
        self.log = folder / "sleeper.log"
        self.pulses = pulses
        self.process = None
        self.starts = 0

    def start(self):
        script = (
            "import os, sys, time, pathlib\n"
            "file = pathlib.Path(sys.argv[1]) / f'sleeper.{os.getpid()}'\n"
            "while True: file.touch(); time.sleep(0.1)"
        )
        self.process = processes.spawn(
            [sys.executable, "-c", script, str(self.pulses)], log=self.log
        )
        self.starts += 1

    def stop(self):
        if self.process:
            processes.stop(self.process, seconds=1)
            self.process = None


def test_a_part_that_is_stopped_is_ended_and_started_again(tmp_path):
    folder = tmp_path / "pulses"
    folder.mkdir()
    messages = []
    supervisor = Supervisor(tmp_path / "children.json", messages.append, Pulses(folder, seconds=2))
    part = Part(tmp_path, folder)
    supervisor.start(part)
    first = part.process.pid
    began = time.monotonic()
    is_stopped = False

    def is_over():
        nonlocal is_stopped
        if not is_stopped and (folder / f"sleeper.{first}").exists():
            os.kill(first, signal.SIGSTOP)
            is_stopped = True
        return part.starts == 2 or time.monotonic() - began > 30

    supervisor.watch(is_over)
    supervisor.stop()

    assert part.starts == 2
    assert f"sleeper stands still: process {first} has shown nothing for" in messages[0]
    assert "sleeper ended (exit code -9)" in messages[1]


def test_a_process_of_somebody_else_is_left_alone(tmp_path):
    messages = []
    supervisor = Supervisor(tmp_path / "children.json", messages.append, Pulses(tmp_path))
    (tmp_path / f"sleeper.{os.getpid()}").touch()
    part = Part(tmp_path, tmp_path)
    supervisor.start(part)

    supervisor._end(Still("sleeper", os.getpid(), 99.0))
    supervisor.stop()

    assert messages == []
