"""Spans of time as people say them."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext

# How many seconds, and how one and many of it are called.
UNITS: Final = (
    (86_400, "%(count)s day", "%(count)s days"),
    (3_600, "%(count)s hour", "%(count)s hours"),
    (60, "%(count)s minute", "%(count)s minutes"),
)


def format_duration(span: timedelta) -> str:
    """Write a span as a person would: the largest unit that fits, rounded down."""
    seconds = max(int(span.total_seconds()), 0)
    for size, one, many in UNITS:
        if seconds >= size:
            count = seconds // size
            return gettext(many if count > 1 else one) % {"count": count}
    return gettext("%(count)s s") % {"count": seconds}
