"""Requests that end only once the processor was told that the payer came back."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from processors.protocols.base import FollowUp, Outcome


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
