"""Who acts, from where and why: what the audit trail is told without being passed it.

Set for the time of a page or of a command. Work that nobody asked for sees the system.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum


class ActorKind(StrEnum):
    """What acts."""

    OPERATOR = "operator"
    COMMAND_LINE = "command_line"
    API = "api"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and how.

    Args:
        kind: What acts.
        id: The person's id, or the account whose key it is.
        email: The person's address as it is now.
        name: The person's name as it is now, or who the machine says uses the command line.
        address: The network address, as far as proxies of ours vouch for it.
        session: The digest of the session's key.
        request_id: `req_...`.
        step_up_seconds: How long ago a second factor was shown; None if never.
        reason: Why, in the person's words.
        approval_id: The approved request that is carried out.
    """

    kind: ActorKind = ActorKind.SYSTEM
    id: str | None = None
    email: str = ""
    name: str = ""
    address: str | None = None
    session: str = ""
    request_id: str | None = None
    step_up_seconds: int | None = None
    reason: str = ""
    approval_id: str | None = None


_SYSTEM = Actor()
# Asked for only when something is recorded: who a page is for costs a query.
_find: ContextVar[Callable[[], Actor]] = ContextVar("rialto_actor", default=lambda: _SYSTEM)


def current() -> Actor:
    """Return who acts; the system if nobody asked for the work."""
    return _find.get()()


def become(actor: Actor) -> None:
    """Make an actor the current one for the rest of the process: a command."""
    _find.set(lambda: actor)


@contextmanager
def acting(find: Callable[[], Actor]) -> Iterator[None]:
    """Make the actor that `find` returns the current one inside the block."""
    token = _find.set(find)
    try:
        yield
    finally:
        _find.reset(token)


@contextmanager
def carrying_out(approval_id: str | None, reason: str) -> Iterator[None]:
    """Say inside the block which approved request is carried out, if one is, and why."""
    now = current()
    actor = replace(now, approval_id=approval_id, reason=reason or now.reason)
    with acting(lambda: actor):
        yield
