"""What keys are used for, counted here until somebody writes it down."""

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from api.access.caller import Caller
from api.access.permissions import CONNECTED_ACCOUNTS

# Of requests, which have no permission: whether limits let them in.
ALLOWED: Final = "allowed"
REFUSED: Final = "refused"
_EPHEMERAL: Final = "ephemeral"
_READS: Final = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a permission.

    Args:
        account_id: The account whose key it is.
        livemode: In which mode.
        key_id: `key_...`.
        permission: Its name; empty for the request itself.
        level: `"read"` or `"write"`; for the request itself `"allowed"` or `"refused"`.
        at: The minute, by which uses are counted together.
    """

    account_id: str
    livemode: bool
    key_id: str
    permission: str
    level: str
    at: datetime


_lock = threading.Lock()
_counted: Final[Counter[Use]] = Counter()


def note(caller: Caller, permission: str, level: str, at: datetime) -> None:
    """Count a use, if requests are kept. Payers' own keys are too many, and end within the hour."""
    if caller.key_kind == _EPHEMERAL or not settings.REQUEST_LOG_ENABLED:
        return
    owner = caller.owner
    minute = at.replace(second=0, microsecond=0)
    use = Use(owner.account_id, owner.livemode, caller.key_id, permission, level, minute)
    with _lock:
        _counted[use] += 1


def note_permissions(caller: Caller, resource: str, method: str, at: datetime) -> None:
    """Count the permissions that a request needed."""
    level = "read" if method in _READS else "write"
    for permission in (resource, CONNECTED_ACCOUNTS) if caller.platform else (resource,):
        if permission:
            note(caller, permission, level, at)


def drain() -> list[tuple[Use, int]]:
    """Return what was counted since the last time, in one order for all processes."""
    with _lock:
        found = list(_counted.items())
        _counted.clear()
    return sorted(found, key=lambda each: str(each[0]))
