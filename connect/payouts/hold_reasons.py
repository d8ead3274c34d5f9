"""Pure: reasons why an account is not paid; each audience has its own words for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class HoldReason(StrEnum):
    """The reason why a forecast pays nothing.

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
    """A hold on an account's payouts in one currency.

    Args:
        reason: The reason that code decides by.
        facts: Values for the reason's words, such as `location`.
    """

    reason: HoldReason
    facts: Mapping[str, str] = field(default_factory=dict)
