"""Why somebody acts: asked for by every page that does, and kept in the audit trail."""

from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.audit import reasons
from core.errors import InvalidRequest


def reason_of(request: HttpRequest) -> str:
    """Return why somebody acts, as they typed it.

    Raises:
        InvalidRequest: If they did not say, or said too much to be kept.
    """
    reason = optional_reason_of(request)
    if not reason:
        raise InvalidRequest(gettext("Say why: it is kept with what was done."), param="reason")
    return reason


def optional_reason_of(request: HttpRequest) -> str:
    """Return why somebody acts, if they typed it.

    Raises:
        InvalidRequest: If they said too much to be kept.
    """
    return reasons.check(request.POST.get("reason", ""))
