"""Live payments are switched on by somebody who has done all that is necessary."""

from datetime import datetime

from django.utils.translation import gettext

from console.live import checklist
from core.errors import InvalidRequest
from processors.accounts import live_payments


def switch_on(*, reason: str, at: datetime) -> None:
    """Take live payments from now on.

    Raises:
        InvalidRequest: If a necessary line is open, with all that are; or they are on already.
    """
    if left := checklist.still_open(checklist.examine(at=at)):
        titles = "; ".join(line.words.title for line in left)
        raise InvalidRequest(
            gettext("Live payments stay off. Still to do: %(titles)s.") % {"titles": titles},
            param="live",
        )
    live_payments.switch(is_on=True, reason=reason, at=at)


def switch_off(*, reason: str, at: datetime) -> None:
    """Take no live payment from now on; what was taken goes on.

    Raises:
        InvalidRequest: If they are off already.
    """
    live_payments.switch(is_on=False, reason=reason, at=at)
