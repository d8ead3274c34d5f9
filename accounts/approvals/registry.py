"""The actions that rules can ask another person's approval for; rooms register theirs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django_stubs_ext import StrOrPromise

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
        account_id: Whose it is: people of its platform see the request, and may decide on it.
        limited: What limits of roles compare, if that is another amount, such as all that would
            have been refunded of a payment.
    """

    summary: StrOrPromise
    amount: Money | None = None
    livemode: bool | None = None
    facts: JsonObject = field(default_factory=dict)
    account_id: str = ""
    limited: Money | None = None


class OutcomeUnknown(Exception):
    """What `run` raises if nobody knows yet whether it was done: the request stays approved."""


class Table(NamedTuple):
    """What an action would do, line by line, for whoever decides."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class ApprovalAction:
    """An action that another person can be asked to approve.

    Args:
        name: What rules call it, such as `"negative_balance.cover"`.
        permission: What both must be permitted: who asks for it, and who approves. Empty if it is
            a right.
        preview: Called with the parameters; may raise what `run` would.
        run: The service, called with the parameters and `at`. It looks at the present state
            itself, and may be called inside of a transaction only if it takes part in one. The ids
            that it reserves (`request_context.reserved_id`) are those of the request.
        right: A key of `core.security.roles.RIGHTS`, whose limits count then.
        tables: Called with the parameters, and shown to whoever decides.
        tell: Called with what `run` returned: what came of it, in a sentence.
        is_done: Called with the parameters after `run` broke off: whether it was done, None if
            nobody can tell. Without it, it was done if the audit trail has it: the service must
            record it in the transaction that does it, and not before.
        approver_right: The right of whoever approves, if another one than to do it.
        is_always: Whether somebody else must approve it whatever rules say.
        may_be_alone: Called with the parameters of one that `is_always`: whether it is done all the
            same where nobody else could approve.
        look_at: What to check where nobody can tell.
    """

    name: str
    permission: str
    preview: Callable[..., Preview]
    run: Callable[..., object]
    right: str = ""
    tables: Callable[..., Sequence[Table]] | None = None
    tell: Callable[..., str] | None = None
    is_done: Callable[..., bool | None] | None = None
    approver_right: str = ""
    is_always: bool = False
    may_be_alone: Callable[..., bool] | None = None
    look_at: str = ""


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
