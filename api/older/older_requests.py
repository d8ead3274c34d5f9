"""What requests called things before each dated change: names and shapes that have moved since.

A request in an older version is brought up, change by change, to what the newest one reads; in the
newest version the old name is refused with the new one.
"""

from typing import Final

from api.older import moved_parameters
from core.types import JsonObject

Wire = JsonObject
# From then on nothing is to be brought up.
_NOTHING_OLDER: Final = moved_parameters.MOVED[-1].version


def is_older(version: str) -> bool:
    """Return whether any parameter has another name in a version."""
    return version[:10] < _NOTHING_OLDER


def bring_up(payload: Wire, version: str, call: str) -> None:
    """Read what a request of an older version says, in place, as the newest version says it.

    Args:
        payload: Parameters, not yet checked.
        version: The caller's.
        call: The call, such as `"POST /v1/customers/{}"`.
    """
    for change in moved_parameters.MOVED:
        if version[:10] < change.version and call in change.calls:
            change.bring_up(payload)


def hint(call: str, name: str) -> str | None:
    """Return the new name of an old parameter; None if the call never had it."""
    found, since = None, ""
    for change in moved_parameters.MOVED:
        if call in change.calls and (now := change.current_name(name)) is not None:
            found, since = now, change.version
            # It may have moved once more.
            name = now.strip("`").partition("[")[0]
    return f"Since {since} it is called {found}." if found else None
