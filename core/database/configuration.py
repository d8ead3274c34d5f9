"""The version of the installation's configuration that this process has last heard of.

The query that looks a key up reads it too, so a request costs no query to learn it. Versions are
compared for being the same, never for being later: a change that was rolled back is undone here
as well.
"""

import time

_heard: tuple[int, float] = (0, float("-inf"))


def hear(version: int) -> None:
    """Remember what the database has just said."""
    global _heard
    _heard = (version, time.monotonic())


def recent(seconds: float) -> int | None:
    """Return the version, if it was heard of within some seconds."""
    version, at = _heard
    return version if time.monotonic() - at < seconds else None
