"""What the supervisor and the fork server say to each other: one JSON object a message."""

import json
from dataclasses import asdict, dataclass
from typing import Final

# Longer than any message: a command, a name and a path.
LONGEST: Final = 65_536


@dataclass(frozen=True)
class Request:
    """A program to run in a copy.

    Args:
        name: The program's, such as `web`.
        command: A Python script with its arguments, or `-m`, a module and its arguments.
        log: The path of the file that its output is appended to.
    """

    name: str
    command: list[str]
    log: str


@dataclass(frozen=True)
class Started:
    """A copy has begun."""

    started: int


@dataclass(frozen=True)
class Ended:
    """A copy has ended; `code` as in `subprocess.Popen.returncode`."""

    ended: int
    code: int


def packed(message: Request | Started | Ended) -> bytes:
    """Return a message as it is sent."""
    return json.dumps(asdict(message)).encode()


def request(message: bytes) -> Request:
    """Read what the supervisor asks for."""
    return Request(**json.loads(message))


def notice(message: bytes) -> Started | Ended:
    """Read what the fork server tells."""
    told = json.loads(message)
    return Ended(**told) if "ended" in told else Started(**told)
