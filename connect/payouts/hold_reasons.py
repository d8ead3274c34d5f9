"""Pure: why an account is not paid, as code decides on it. Each audience has its own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class HoldReason(StrEnum):
    """Why a forecast pays nothing.

    `detached_destination` is an external account that an application has left behind when it was
    shut out; `illiquid` means that the account has the money and the place that holds it has not.
    """

    NO_DESTINATION = "no_destination"
    DISABLED = "disabled"
    PAUSED = "paused"
    MANUAL = "manual"
    NEGATIVE_BALANCE = "negative_balance"
    BELOW_MINIMUM = "below_minimum"
    ERRORED_DESTINATION = "errored_destination"
    DETACHED_DESTINATION = "detached_destination"
    NO_RAIL = "no_rail"
    ILLIQUID = "illiquid"


@dataclass(frozen=True, slots=True)
class Hold:
    """What keeps an account from being paid in one currency.

    Args:
        reason: What code decides on.
        facts: What the words of the reason name, such as `location`.
    """

    reason: HoldReason
    facts: Mapping[str, str] = field(default_factory=dict)
