"""What a payer has to do at the processor before a request can end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from processors.protocols.base import FollowUp, Outcome


class ActionKind(StrEnum):
    """How a payer's browser is brought to the processor."""

    # The browser goes to an address, or posts a form there, and comes back.
    REDIRECT = "redirect"
    # The processor's own script runs in our page and performs the step.
    SCRIPT = "script"
    # The payer scans a code with another device.
    SHOW_CODE = "show_code"


@dataclass(frozen=True, slots=True)
class NextAction:
    """A payer's next step at the processor.

    Args:
        kind: How it is performed.
        url: Where the browser goes; of a code, where its picture is, if the processor draws it.
        method: `"GET"` or `"POST"`, for a redirect.
        fields: What a POST carries; of a script, what it is started with: nothing secret of ours.
        script: Of a script, which of the rail's; our page knows it by this word.
        state: What `complete` needs besides what the browser brings back. It is kept here and
            never shown to a browser.
    """

    kind: ActionKind
    url: str = ""
    method: str = "GET"
    fields: Mapping[str, str] = field(default_factory=dict)
    script: str = ""
    state: Mapping[str, str] = field(default_factory=dict)


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
