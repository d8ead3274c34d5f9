"""What can go wrong at the start: one line that says what to do, and an exit code."""

from pathlib import Path

# Exit codes. `docs/reference/cli.md` lists them for people.
FAILED = 1
USAGE = 2
HOME_IN_USE = 3
PORT_BUSY = 4
DISK_FULL = 5
HOME_UNUSABLE = 6
SERVER_FAILED = 7
NOT_RUNNING = 8
BOOKS_WRONG = 9
UNHEALTHY = 10


class Problem(Exception):
    """A start that cannot go on.

    Args:
        message: One line: what is wrong and what to do.
        code: The command's exit code.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def disk_full(where: Path) -> Problem:
    """Make the problem of a full disk."""
    return Problem(
        f"The disk of {where} is full (300 MB are needed). Make room, then start again, "
        "or set RIALTO_HOME to a folder on another disk.",
        DISK_FULL,
    )
