"""How a room tells how business went: sums by hour, platform, mode and currency."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Measure(StrEnum):
    """What is added up.

    Money is dated by its entry in the books, so that nothing of a closed day ever changes; attempts
    by when they were begun, and what becomes of them may be known later.
    """

    VOLUME = "volume"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    PROCESSING_FEES = "processing_fees"
    APPLICATION_FEES = "application_fees"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of one hour.

    Args:
        platform_id: The platform, or an account that nobody opened.
        livemode: Which of the two worlds.
        hour: Its beginning.
        currency: Of the amount.
        measure: What was added up.
        count: How many.
        amount: Minor units; below zero where more was taken back than given.
        reason: Why attempts failed; empty for everything else.
    """

    platform_id: str
    livemode: bool
    hour: datetime
    currency: str
    measure: Measure
    count: int
    amount: int
    reason: str = ""
