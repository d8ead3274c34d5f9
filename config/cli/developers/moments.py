"""Moments as people type them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from config.launcher import problems
from config.launcher.problems import Problem

_AGO: Final = re.compile(r"([0-9]{1,6})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def moment(text: str, *, at: datetime) -> datetime:
    """Read how long ago something was, such as `2h` or `3d`, a day, or a moment in UTC.

    Raises:
        Problem: If it is none of these.
    """
    if ago := _AGO.fullmatch(text.strip()):
        return at - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Problem(
            f"{text} is no moment: write 30m, 2h or 3d, 2026-11-23, or 2026-11-23T09:00.",
            problems.USAGE,
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
