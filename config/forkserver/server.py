"""The loop of the fork server: copies itself when asked, and tells which copies have ended."""

import os
import selectors
import signal
import socket
import sys
import warnings
from pathlib import Path

from config.forkserver import requests
from config.forkserver.requests import Ended, Request, Started
from config.launcher import processes


def serve(control: socket.socket) -> Request | None:
    """Answer the supervisor until it is gone.

    Args:
        control: Of kind `SOCK_SEQPACKET`.

    Returns:
        In a copy, what it is to run; None when there is nobody to serve.
    """
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if woken in ready:
                os.read(woken, 4096)
                _tell_ended(control)
            if control.fileno() in ready:
                if not (message := control.recv(requests.LONGEST)):
                    return None
                request = requests.request(message)
                if (copy := _fork()) == 0:
                    break
                control.send(requests.packed(Started(copy)))
    signal.set_wakeup_fd(-1)
    for descriptor in (woken, wake):
        os.close(descriptor)
    control.close()
    _begin_anew(Path(request.log))
    return request


def _fork() -> int:
    parent = os.getpid()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with warnings.catch_warnings():
        # Nothing that was loaded has started a thread.
        warnings.simplefilter("ignore", DeprecationWarning)
        copy = os.fork()
    if copy == 0:
        os.setsid()
        processes.end_with(parent, signal.SIGTERM)
    return copy


def _begin_anew(log: Path) -> None:
    """Be like a program that was just started."""
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.umask(processes.UMASK)
    with processes.appended(log) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


def _tell_ended(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        control.send(requests.packed(Ended(pid, os.waitstatus_to_exitcode(status))))
