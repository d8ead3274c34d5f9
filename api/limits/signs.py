"""Which refusals of requests may be signs of an attack."""

import re
from typing import Final

from django.db import Error as DatabaseFailure
from django.http import HttpRequest

from api.access.caller import Caller
from api.answers import errors
from core.detection import signals
from core.detection.signals import Observation, Signal
from core.errors import Forbidden, Missing, RialtoError, ServiceFailure, Unauthenticated

# An id as ours are: whoever types one wrong does not do it twenty times.
_ID: Final = re.compile(r"'([a-z]+(?:_[a-z]+)*_[0-9A-Za-z]{14,})'")


def note(error: Exception, request: HttpRequest) -> None:
    """Note what a request was refused with, or failed of.

    Args:
        error: What was raised.
        request: The request; it has a caller if its key was let in.
    """
    caller: Caller | None = getattr(request, "caller", None)
    if _is_ours(error):
        match = request.resolver_match
        route = match.route if match else request.path
        signals.note(Observation(Signal.FAILED, thing=f"{request.method} /{route}"[:180]))
    elif caller is None or not isinstance(error, RialtoError):
        return
    elif isinstance(error, Missing):
        if found := _ID.search(error.message):
            _note(Signal.ID_MISSED, caller, found[1])
    elif isinstance(error, Forbidden | Unauthenticated):
        is_public = caller.key_kind == "publishable"
        _note(Signal.PUBLISHABLE_REFUSED if is_public else Signal.FORBIDDEN, caller)


def _is_ours(error: Exception) -> bool:
    """Tell whether it is a failure of ours: who waits for another's lock has met none."""
    if isinstance(error, RialtoError):
        return isinstance(error, ServiceFailure)
    explained = errors.of_database(error) if isinstance(error, DatabaseFailure) else None
    return explained is None or explained[1] >= 500


def _note(signal: Signal, caller: Caller, member: str = "") -> None:
    owner = caller.owner
    signals.note(
        Observation(
            signal,
            account_id=owner.account_id,
            livemode=owner.livemode,
            key_id=caller.key_id,
            member=member,
        )
    )
