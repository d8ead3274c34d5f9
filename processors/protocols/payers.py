"""Payers who send the money themselves, and what they do in a simulated world."""

from enum import StrEnum
from typing import Protocol, runtime_checkable

# What an outcome's `details` say of a charge for which the payer scans a code.
CODE = "code"
REFERENCE = "reference"
# Seconds of the epoch.
EXPIRES_AT = "expires_at"


class PayerAct(StrEnum):
    """What a payer does with the code."""

    PAY = "pay"
    FAIL = "fail"
    EXPIRE = "expire"


@runtime_checkable
class ActsForPayers(Protocol):
    """A rail of test mode, whose payers do what they are told."""

    def act_for_payer(self, charge_key: str, act: PayerAct) -> None:
        """Let the payer do something; nothing happens once the charge has ended."""
        ...
