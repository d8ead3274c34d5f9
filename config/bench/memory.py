"""What a stack weighs: each page counted once, however many processes share it."""

from pathlib import Path

_PROC = Path("/proc")


def megabytes(pid: int) -> float | None:
    """Return the proportional set size of a process and all below it, in MB.

    Returns:
        None where the system does not tell.
    """
    sizes = [_pss(each) for each in (pid, *_below(pid))]
    known = [size for size in sizes if size is not None]
    return sum(known) / 1000 if known else None


def _below(pid: int) -> list[int]:
    parents = {int(entry.name): _parent(entry) for entry in _PROC.glob("[0-9]*")}
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, above in parents.items() if above == parent]
        found += children
        waiting += children
    return found


def _parent(entry: Path) -> int | None:
    try:
        # The name in brackets may hold spaces.
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _pss(pid: int) -> float | None:
    """Return kilobytes; nothing for a process that has just ended."""
    try:
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1.024
    except OSError:
        pass
    return None
