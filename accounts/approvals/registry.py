"""The actions that rules can ask another person's approval for; rooms register theirs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.money import Money
from core.types import JsonObject


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would do, as things are now.

    Args:
        summary: What would happen, for people, with amounts as they write them.
        amount: What rules compare; None if it moves no money.
        livemode: In which mode; None if in none.
        facts: What the decision rests on. The action fails if it is otherwise when approved.
    """

    summary: str
    amount: Money | None = None
    livemode: bool | None = None
    facts: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApprovalAction:
    """An action that another person can be asked to approve.

    Args:
        name: What rules call it, such as `"negative_balance.cover"`.
        permission: What both must be permitted: who asks for it, and who approves.
        preview: Called with the parameters; may raise what `run` would.
        run: The service, called with the parameters and `at`. It looks at the present state
            itself, and may be called inside of a transaction only if it takes part in one.
    """

    name: str
    permission: str
    preview: Callable[..., Preview]
    run: Callable[..., object]


_actions: dict[str, ApprovalAction] = {}


def register(*actions: ApprovalAction) -> None:
    """Add actions, when their room is loaded."""
    for action in actions:
        if action.name in _actions:
            raise ValueError(f"{action.name} is registered already")
        _actions[action.name] = action


def find(name: str) -> ApprovalAction:
    """Return an action.

    Raises:
        KeyError: If no room has it.
    """
    return _actions[name]


def names() -> list[str]:
    """Return the names of all actions, sorted."""
    return sorted(_actions)
