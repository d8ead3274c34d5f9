"""Payers who act themselves: who send the money, or come back from the processor."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, runtime_checkable

from processors.protocols.base import FollowUp, Outcome

# What an outcome's `details` say of a charge for which the payer scans a code.
CODE = "code"
REFERENCE = "reference"
# The shops at whose counters a code can be paid: `lawson_code`, `lawson_number` and so on.
STORES = ("familymart", "lawson", "ministop", "seicomart")
# Seconds of the epoch.
EXPIRES_AT = "expires_at"


class PayerAct(StrEnum):
    """What a payer does with the code, or at its bank."""

    PAY = "pay"
    FAIL = "fail"
    EXPIRE = "expire"
    # Agrees; whether it is paid is known later.
    PAY_LATER = "pay_later"
    FAIL_LATER = "fail_later"
    # Pays, and wants the money back from whom it paid through.
    DISPUTE = "dispute"


@runtime_checkable
class ActsForPayers(Protocol):
    """A rail of test mode, whose payers do what they are told."""

    def act_for_payer(self, charge_key: str, act: PayerAct) -> None:
        """Let the payer do something; nothing happens once the charge has ended."""
        ...


@runtime_checkable
class CompletesActions(Protocol):
    """A rail that must be told that the payer came back, before it says how the request ended."""

    def complete(
        self, request: FollowUp, state: Mapping[str, str], returned: Mapping[str, str]
    ) -> Outcome:
        """Ask how a request ended whose payer is back. The browser is never believed.

        Args:
            request: About the charge, or the verification.
            state: What the next action said to keep.
            returned: What the browser brought: only the processor can say what it is worth.

        Returns:
            As `charge` would say: another `ACTION_REQUIRED` if there is one more step, and
            what `find` says if it was asked before.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...
