"""Kinds of route, and how long and how large the body of a request to each may be."""

from dataclasses import dataclass
from typing import Final, Literal

KIB: Final = 1024
MIB: Final = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request, by which its body is received before a thread is taken.

    Args:
        prefix: The prefix of the paths it is for.
        most_bytes: The limit of a body.
        seconds: In which all of the body must have come.
        known_by: Who must have been found to be known before more than `unknown_bytes` are read.
        unknown_bytes: What anybody may send.
        is_wire: Whether refusals are in the words of the API.
    """

    prefix: str
    most_bytes: int
    seconds: float = 10
    known_by: Literal["", "key", "visitor"] = ""
    unknown_bytes: int = 0
    is_wire: bool = False


# The first that fits counts.
KINDS: Final = (
    Kind("/v1/files", 17 * MIB, 60, known_by="key", is_wire=True),
    Kind("/v1/", MIB, is_wire=True),
    Kind("/inbound/", MIB),
    Kind("/admin/", 33 * MIB, 60, known_by="visitor", unknown_bytes=64 * KIB),
    Kind("/sellers/", 33 * MIB, 60, known_by="visitor", unknown_bytes=64 * KIB),
    Kind("/embedded/", 33 * MIB, 60, known_by="visitor", unknown_bytes=64 * KIB),
    Kind("/", 64 * KIB),
)


def of(path: str) -> Kind:
    """Return the kind of a path."""
    for kind in KINDS:
        if path.startswith(kind.prefix):
            return kind
    return KINDS[-1]
