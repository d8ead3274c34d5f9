"""What a payer has to do at the processor before a request can end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

# In the fields of a code: what it says.
CODE: Final = "code"


class ActionKind(StrEnum):
    """How a payer's browser is brought to the processor."""

    # The browser goes to an address, or posts a form there, and comes back.
    REDIRECT = "redirect"
    # The processor's own script runs in our page and performs the step.
    SCRIPT = "script"
    # The payer scans a code with another device.
    SHOW_CODE = "show_code"
    # The payer agrees in an app of its bank, which asks it by itself.
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class NextAction:
    """A payer's next step at the processor.

    Args:
        kind: How it is performed.
        url: Where the browser goes; of a code, where its picture is, if the processor draws it.
        method: `"GET"` or `"POST"`, for a redirect.
        fields: What a POST carries; of a script, what it is started with: nothing secret of ours;
            of a code that we draw, what it says, as `CODE`.
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


@dataclass(frozen=True, slots=True)
class ActionScript:
    """What lets a processor's script perform a step in our page.

    Args:
        file: Our own small script, among the static files. It finds the action's fields as JSON in
            the element `step`, and submits the form `done` when the payer is through.
        origins: Where the processor's script comes from, and what it asks and shows.
    """

    file: str
    origins: tuple[str, ...]


@runtime_checkable
class RunsScripts(Protocol):
    """A rail some of whose steps are performed by a script, by the word that names it."""

    scripts: Mapping[str, ActionScript]
