"""Why somebody acts: asked for by every page that does, and kept in the audit trail."""

from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext

from core.errors import InvalidRequest

LONGEST: Final = 1_000


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
    reason = request.POST.get("reason", "").strip()
    if len(reason) > LONGEST:
        raise InvalidRequest(
            gettext("Say why in %(most)s characters at most.") % {"most": f"{LONGEST:,}"},
            param="reason",
        )
    return reason
