"""Spans of time as people say them."""

from datetime import timedelta


def format_duration(span: timedelta) -> str:
    """Write a span as a person would: the largest unit that fits, rounded down."""
    seconds = max(int(span.total_seconds()), 0)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds} s"
