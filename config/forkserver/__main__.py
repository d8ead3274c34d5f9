"""The process that is copied: `python -m config.forkserver DESCRIPTOR`."""

import runpy
import socket
import sys

from config.forkserver import loading, server
from config.forkserver.requests import Request


def main() -> None:
    """Load the application, and become what the supervisor asks for in each copy."""
    loading.load()
    request = server.serve(socket.socket(fileno=int(sys.argv[1])))
    if request is not None:
        _become(request)


def _become(request: Request) -> None:
    loading.name_process(request.name)
    sys.argv = list(request.command)
    if request.command[0] == "-m":
        del sys.argv[0]
        runpy.run_module(request.command[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(request.command[0], run_name="__main__")


if __name__ == "__main__":
    main()
