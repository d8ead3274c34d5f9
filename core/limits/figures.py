"""What settings say of a limit: `25/s burst 100`."""

import re
from dataclasses import dataclass
from typing import Final

_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_FORM: Final = re.compile(r"(?P<count>\d{1,7})/(?P<unit>[smhd])( burst (?P<burst>\d{1,7}))?( log)?")
_OFF: Final = "off"


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of times in a time, and how many of them may come at once.

    Args:
        interval: Microseconds after which one more is allowed.
        burst: How many are allowed at once after a long silence.
        is_enforced: False for one that is only logged when it is exceeded.
    """

    interval: int
    burst: int
    is_enforced: bool = True


def parse(name: str, text: str) -> Rate | None:
    """Read a limit.

    Args:
        name: The setting, for the message.
        text: Such as `25/s burst 100`, `20/h` or `100/s burst 200 log`; `off` for none.

    Raises:
        ValueError: If it is nothing of that.
    """
    written = " ".join(text.split())
    if written == _OFF:
        return None
    match = _FORM.fullmatch(written)
    count = int(match["count"]) if match else 0
    burst = int(match["burst"] or count) if match else 0
    if match is None or not count or not burst:
        raise ValueError(
            f"{name} is '{text}'. Write a number per s, m, h or d, and how many may come at once, "
            f"such as '25/s burst 100'; ' log' after it only logs; 'off' ends the limit."
        )
    interval = max(1, _SECONDS[match["unit"]] * 1_000_000 // count)
    return Rate(interval, burst, is_enforced=not written.endswith(" log"))
