"""What a payer has to do at the processor before a request can end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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
