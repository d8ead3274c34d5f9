"""Requests that were cut off and are sent again: what an earlier run of them has made."""

from collections.abc import Callable
from typing import TypeVar

from core import request_context

_Found = TypeVar("_Found")


def resume(find: Callable[[], _Found | None]) -> _Found | None:
    """Return what an earlier run of this request has made; None if it is the first run.

    Args:
        find: Looks for it by the ids that are reserved for the request, and may finish it.
    """
    return find() if is_under_way() else None


def is_under_way() -> bool:
    """Return whether an earlier run of this request was cut off."""
    return request_context.current().is_recovery
