"""What a session has proven: a second factor, when, or only a recovery code."""

import time
from typing import Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

# Recovery codes are none of them: they only lead to a new factor.
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# For how long a password or a recovery code lets somebody enrol a factor.
ENROLS_WITHIN_SECONDS: Final = 900


def proven_at(request: HttpRequest) -> float | None:
    """Return when the session last proved a second factor, in seconds of the epoch."""
    return _last(request, "mfa", FACTORS)


def is_recent(request: HttpRequest, *, max_age: int) -> bool:
    """Tell whether a second factor was proven within so many seconds."""
    at = proven_at(request)
    return at is not None and time.time() - at < max_age


def is_recovered(request: HttpRequest) -> bool:
    """Tell whether a recovery code was given a short while ago."""
    at = _last(request, "mfa", (Authenticator.Type.RECOVERY_CODES,))
    if at is None or time.time() - at >= ENROLS_WITHIN_SECONDS:
        return False
    # With the new factor it has done its work.
    return (proven_at(request) or 0) < at


def has_factor(user_id: str) -> bool:
    """Tell whether somebody has a second factor."""
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=FACTORS).exists())


def prove(request: HttpRequest, authenticator: Authenticator) -> None:
    """Keep in the session that a factor was proven, and give it a new key."""
    post_authentication(request, authenticator, reauthenticated=True)
    request.session.cycle_key()


def _last(request: HttpRequest, method: str, types: tuple[str, ...]) -> float | None:
    records = get_authentication_records(request, request.user)
    times = [
        float(record["at"])
        for record in records
        if record.get("method") == method and record.get("type") in types
    ]
    return max(times, default=None)
