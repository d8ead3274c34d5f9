"""What can go wrong at the start: one line that says what to do, and an exit code."""


class Problem(Exception):
    """A start that cannot go on.

    Args:
        message: One line: what is wrong and what to do.
        code: The command's exit code; `docs/reference/cli.md` lists them.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


FAILED = 1
HOME_IN_USE = 3
PORT_BUSY = 4
DISK_FULL = 5
HOME_UNUSABLE = 6
SERVER_FAILED = 7
NOT_RUNNING = 8
BOOKS_WRONG = 9
