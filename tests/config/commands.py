"""The `rialto` command in copies of a process that has loaded Django: `python -m` this one.

For what commands do. What a command loads, and how it starts, is shown by real ones.
"""

import importlib
import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from subprocess import CompletedProcess

import django
from django.db import connections

from config.cli import main, running
from config.launcher import programs
from config.launcher.home import Home
from tests import copies


def run(arguments: list[str], env: Mapping[str, str]) -> CompletedProcess[str]:
    """Run a command in a copy of this process, on the databases that its home names."""
    return copies.run(partial(_rialto, arguments), env)


def _rialto(arguments: list[str]) -> int:
    sys.argv = ["rialto", *arguments]
    # A command says who it is before it sets Django up, which is set up here.
    django.setup = _take_databases
    return main.main()


def _take_databases() -> None:
    """Read from the environment once more who logs in where, as whom."""
    anew = importlib.reload(importlib.import_module("config.settings.base"))
    connections.settings.update(connections.configure_settings(anew.DATABASES))
    for connection in connections.all(initialized_only=True):
        del connections[connection.alias]


def serve() -> None:
    """Run each command that is asked for: a line of JSON for its arguments, and one for its end."""
    env = dict(os.environ)
    home = Home.of_environment()
    os.environ.update(programs.environment(home, running.addresses(home)))
    django.setup()
    for line in sys.stdin:
        done = run(json.loads(line), env)
        print(json.dumps([done.returncode, done.stdout, done.stderr]), flush=True)


if __name__ == "__main__":
    serve()
