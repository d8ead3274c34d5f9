"""Keeps the parts of a home running, and ends them in reverse order."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from config.launcher.home import write_private
from config.launcher.processes import Process
from config.monitoring.standing_still import Pulses, Still

Say = Callable[[str], None]

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
# After so long a life, an end is news and not the same fault again.
_STEADY_SECONDS = 60.0


class Part(Protocol):
    """Anything with a process that can be started and stopped."""

    name: str
    log: Path

    @property
    def process(self) -> Process | None: ...

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class _Watched:
    part: Part
    started: float
    pause: float = _FIRST_PAUSE_SECONDS
    again_at: float | None = None


@dataclass
class Supervisor:
    """All parts of one home.

    Args:
        children: Where their process ids are kept, for whoever comes after a `kill -9`.
        say: The function that prints what happened.
        pulses: Tells which processes stand still; None where nobody ends those.
    """

    children: Path
    say: Say
    pulses: Pulses | None = None
    _parts: list[_Watched] = field(default_factory=list)

    def start(self, part: Part) -> None:
        """Start a part and watch it from now on."""
        # Watched first, so that a start that fails half-way is cleaned up too.
        self._parts.append(_Watched(part, time.monotonic()))
        part.start()
        self._note()

    def watch(self, is_over: Callable[[], bool]) -> None:
        """Start again whatever ends by itself, until it is over."""
        while not is_over():
            for watched in self._parts:
                self._look_after(watched)
            for still in self._standing_still():
                self._end(still)
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop all, last started first."""
        while self._parts:
            self._parts[-1].part.stop()
            self._parts.pop()
        self.children.unlink(missing_ok=True)

    @property
    def is_busy(self) -> bool:
        """Whether it has anything to look after."""
        return bool(self._parts)

    def find_exited(self) -> Part | None:
        """Return a part that has ended by itself, if there is one."""
        return next((w.part for w in self._parts if _has_ended(w.part)), None)

    def _look_after(self, watched: _Watched) -> None:
        now = time.monotonic()
        part = watched.part
        if watched.again_at is None:
            if not _has_ended(part):
                return
            assert part.process is not None
            if now - watched.started > _STEADY_SECONDS:
                watched.pause = _FIRST_PAUSE_SECONDS
            self.say(
                f"{part.name} ended (exit code {part.process.returncode}); starting it again in "
                f"{watched.pause:.0f} s. It writes to {part.log}"
            )
            # Whoever is left of its process group must not stand in the way of the next.
            part.stop()
            watched.again_at = now + watched.pause
            watched.pause = min(watched.pause * 2, _LONGEST_PAUSE_SECONDS)
        elif now >= watched.again_at:
            watched.again_at, watched.started = None, now
            self._start_again(watched)

    def _standing_still(self) -> Iterable[Still]:
        return self.pulses.standing_still(time.monotonic()) if self.pulses else ()

    def _end(self, still: Still) -> None:
        """End a process that stands still: whoever looks after it starts it again."""
        known = {w.part.name: w.part for w in self._parts}
        part = known.get(still.name)
        if part is None or part.process is None or not _is_of(still.process, part.process.pid):
            return
        self.say(
            f"{still.name} stands still: process {still.process} has shown nothing for "
            f"{still.seconds:.0f} s; ending it. It writes to {part.log}"
        )
        with contextlib.suppress(ProcessLookupError):
            os.kill(still.process, signal.SIGKILL)

    def _start_again(self, watched: _Watched) -> None:
        try:
            watched.part.start()
        except Exception as error:
            self.say(f"{watched.part.name} did not start: {error}")
            watched.part.stop()
            watched.again_at = time.monotonic() + watched.pause
            watched.pause = min(watched.pause * 2, _LONGEST_PAUSE_SECONDS)
        self._note()

    def _note(self) -> None:
        processes = {w.part.name: w.part.process.pid for w in self._parts if w.part.process}
        write_private(self.children, processes)


def _is_of(process: int, group: int) -> bool:
    """Return whether a process is of a part's own group: its id may be somebody else's by now."""
    try:
        return os.getpgid(process) == group
    except ProcessLookupError:
        return False


def _has_ended(part: Part) -> bool:
    return part.process is not None and part.process.poll() is not None
