"""Dated versions of the protocol: render the newest, walk back to the caller's."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from core.errors import InvalidRequest

# A date, perhaps a release name, perhaps previews: `2026-10-28.endive; some_beta=v1`.
_VERSION: Final = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:\.[a-z_]+)?(?:; *[a-z0-9_]+=v[0-9]+)*"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A dated change of one kind of object, and how to undo it for older callers.

    Args:
        version: The first version that has the change.
        kind: The wire's word for the object.
        undo: Turns the newer object into the older one, in place.
    """

    version: str
    kind: str
    undo: Callable[[dict[str, Any]], None]


# Newest first. Rialto began with the newest version, so there is nothing to undo yet.
CHANGES: Final[tuple[Change, ...]] = ()


def checked(version: str) -> str:
    """Return a version that is well formed.

    Raises:
        InvalidRequest: If it is not; versions that we have never heard of are fine.
    """
    if len(version) > 100 or not _VERSION.fullmatch(version):
        raise InvalidRequest(
            f"Invalid Stripe API version: {version[:40]}. It looks like 2026-10-28.endive."
        )
    return version


def walk_back(result: dict[str, Any], version: str, changes: tuple[Change, ...] = CHANGES) -> None:
    """Undo, in place and at every depth, the changes that are newer than the caller's version."""
    newer = [change for change in changes if change.version[:10] > version[:10]]
    if newer:
        _undo(result, newer)


def _undo(node: Any, newer: list[Change]) -> None:
    if isinstance(node, list):
        for item in node:
            _undo(item, newer)
    elif isinstance(node, dict):
        for value in node.values():
            _undo(value, newer)
        for change in newer:
            if node.get("object") == change.kind:
                change.undo(node)
