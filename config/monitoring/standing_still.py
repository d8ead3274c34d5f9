"""Which processes of a home stand still: those that have stopped touching their file.

What counts is how long this process has seen a file unchanged. A machine that slept, or a
supervisor that was stopped itself, has seen nothing, and ends nobody for that.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LOOK_EVERY_SECONDS: Final = 1.0
# Whoever was away for longer than this knows nothing of what happened meanwhile.
_LONGEST_GAP_SECONDS: Final = 5.0
# A round of the relay may wait for the database for a minute.
STILL_SECONDS: Final = 30.0
_STILL_SECONDS: Final = {"relay": 150.0}


@dataclass(frozen=True, slots=True)
class Still:
    """A process that stands still.

    Args:
        name: Of the part that it belongs to.
        process: The process.
        seconds: How long it has shown nothing.
    """

    name: str
    process: int
    seconds: float


class Pulses:
    """Looks at the files of processes.

    Args:
        folder: Where they are.
        seconds: After how long without a touch a process stands still; None for what is usual.
    """

    def __init__(self, folder: Path, seconds: float | None = None) -> None:
        self._folder = folder
        self._seconds = seconds
        self._looked_at = float("-inf")
        # File → what it was like, and since when it has been.
        self._known: dict[str, tuple[int, float]] = {}

    def standing_still(self, at: float) -> Iterator[Still]:
        """Yield those that stand still, each once; those that are gone are forgotten.

        Args:
            at: Seconds, by a clock that only goes forward.
        """
        gap = at - self._looked_at
        if gap < _LOOK_EVERY_SECONDS:
            return
        self._looked_at = at
        if gap > _LONGEST_GAP_SECONDS:
            self._known.clear()
        for file in sorted(self._folder.glob("*.*")):
            name, _, process = file.name.rpartition(".")
            if not Path(f"/proc/{process}").exists():
                self._forget(file)
                continue
            if (since := self._unchanged_since(file, at)) is None:
                continue
            limit = self._seconds or _STILL_SECONDS.get(name, STILL_SECONDS)
            if at - since > limit:
                self._forget(file)
                yield Still(name, int(process), at - since)

    def _unchanged_since(self, file: Path, at: float) -> float | None:
        try:
            changed = file.stat().st_mtime_ns
        except OSError:
            return None
        before = self._known.get(file.name)
        if before is None or before[0] != changed:
            self._known[file.name] = (changed, at)
            return at
        return before[1]

    def _forget(self, file: Path) -> None:
        self._known.pop(file.name, None)
        with contextlib.suppress(OSError):
            file.unlink()
