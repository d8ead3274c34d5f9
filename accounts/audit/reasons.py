"""Why somebody acts, as the trail keeps it: whole, or not at all."""

from typing import Final

from django.utils.translation import gettext

from core.errors import InvalidRequest

LONGEST: Final = 1_000


def check(reason: str) -> str:
    """Return why somebody acts, without the blanks around it.

    Raises:
        InvalidRequest: If it is too much to be kept.
    """
    reason = reason.strip()
    if len(reason) > LONGEST:
        raise InvalidRequest(
            gettext("Say why in %(most)s characters at most.") % {"most": f"{LONGEST:,}"},
            param="reason",
        )
    return reason
