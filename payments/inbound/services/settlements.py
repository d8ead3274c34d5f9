"""The statements of processors, held against what is booked; what differs is shown."""

import logging
from datetime import datetime
from typing import Final, NamedTuple

from ledger import queries as ledger
from ledger.chart import PROCESSOR
from operations import polling
from payments.inbound.services import settlement_lines
from processors import settlements
from processors.settlements import Line

logger = logging.getLogger(__name__)

_MOST: Final = 1_000


class Difference(NamedTuple):
    """What a processor says is on its account, beside what the ledger says.

    Args:
        processor: The account's name.
        currency: Lower-case ISO code.
        livemode: Which of the two worlds.
        reported: Minor units: all lines of its statements together.
        booked: Minor units: what the ledger has there.
    """

    processor: str
    currency: str
    livemode: bool
    reported: int
    booked: int


def read(*, at: datetime) -> int:
    """Read what processors say moved, and hold it against the books; return how much agrees."""
    settlements.read(at=at)
    return sweep(at=at)


def sweep(*, at: datetime) -> int:
    """Hold the lines that are due against the books; return how many agree now."""

    def agree(line: Line) -> bool:
        try:
            settlement_lines.apply(line, at=at)
        except settlement_lines.LineDiffers as differs:
            settlements.postpone(line, str(differs), at=at)
            return False
        except Exception as error:
            settlements.postpone(line, f"{type(error).__name__}: {error}", at=at)
            raise
        settlements.mark_agreed(line)
        return True

    due = settlements.due(at=at, most=_MOST)
    return polling.each(due, agree, failure="%s could not be held against the books.")


def differences() -> list[Difference]:
    """Return where processors and the ledger do not say the same, of those that report."""
    found = []
    for (name, currency, livemode), reported in settlements.totals().items():
        booked = ledger.account_balance(PROCESSOR, name, currency, livemode=livemode)
        if booked != reported:
            found.append(Difference(name, currency, livemode, reported, booked))
    return found
