"""The audit trail: what was done is recorded in the transaction that does it, or not done."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final, TypeAlias

from django.db.models import Model

from accounts.audit.actions import ACTIONS
from accounts.models import Account, AuditEvent, User
from core import request_context
from core.database.fields import AmountField
from core.database.transactions import require_transaction
from core.money import Money
from core.security import actor, derived_keys
from core.security.actor import Actor, ActorKind
from core.types import JsonObject

# Column → what it was and what it became.
Changes: TypeAlias = Mapping[str, tuple[object, object]]

_SECRET: Final = re.compile(r"password|secret|token|digest|sealed|nonce|pepper|public_text")
_LONGEST: Final = 1_000
_NONE: Final[Changes] = {}


def record(
    action: str,
    row: Model | None = None,
    *,
    target: tuple[str, str] = ("", ""),
    account_id: str | None = None,
    livemode: bool | None = None,
    changes: Changes = _NONE,
    by: User | None = None,
    reason: str = "",
) -> AuditEvent:
    """Record an action in the open transaction; who acts and from where is known already.

    Args:
        action: A key of `actions.ACTIONS`.
        row: What it was done to.
        target: Its type and its id, where there is no row.
        account_id: Whose it is; that of the row if not given.
        livemode: In which mode it is; that of the row if not given.
        changes: Columns with the old and the new value. Those of secrets are kept as keyed hashes.
        by: Who acts, where it is not who asks.
        reason: Why, if somebody has told; what the page was told if not given.

    Raises:
        KeyError: If the table of actions has no such action.
    """
    require_transaction()
    if action not in ACTIONS:
        raise KeyError(f"{action} is no action: add it to accounts/audit/actions.py")
    who = _actor(by)
    kind, id = (target_type(type(row)), str(row.pk)) if row is not None else target
    own = row.pk if isinstance(row, Account) else getattr(row, "account_id", None)
    return AuditEvent.objects.create(
        actor_kind=who.kind,
        actor_id=who.id,
        actor_email=who.email,
        actor_name=who.name,
        action=action,
        target_type=kind,
        target_id=id,
        account_id=account_id or own,
        livemode=getattr(row, "livemode", None) if livemode is None else livemode,
        changes=_spell(changes, row),
        address=who.address,
        session=who.session,
        request_id=who.request_id,
        reason=(reason or who.reason)[:_LONGEST],
        step_up_seconds=who.step_up_seconds,
        approval_id=who.approval_id,
    )


def record_operator(action: str, row: Model, *, changes: Changes = _NONE) -> None:
    """Record an action that programs do too, if a person in the console does it.

    Args:
        action: A key of `actions.ACTIONS`.
        row: What it was done to.
        changes: Columns with the old and the new value.
    """
    if actor.current().kind is ActorKind.OPERATOR:
        record(action, row, changes=changes)


def target_type(model: type[Model]) -> str:
    """Return what rows of a model are called in the trail, such as `"fee_schedule"`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", model.__name__).lower()


def record_form(verb: str, row: Model, changes: Changes) -> None:
    """Record what was saved with a form of the admin: the action is named after the model."""
    record(f"{target_type(type(row))}.{verb}", row, changes=changes)


def _actor(by: User | None) -> Actor:
    who = actor.current()
    request = request_context.current()
    if who.kind is ActorKind.SYSTEM and request.request_id:
        who = Actor(ActorKind.API, id=request.actor_id, request_id=request.request_id)
    if by is not None and who.id != by.pk:
        return replace(who, kind=ActorKind.OPERATOR, id=by.pk, email=by.email, name=by.name)
    return who


def _spell(changes: Changes, row: Model | None) -> JsonObject:
    return {
        name: [_plain(name, _money(row, name, one)) for one in pair]
        for name, pair in changes.items()
        if pair[0] != pair[1]
    }


def _money(row: Model | None, name: str, value: object) -> object:
    """Return an amount as people write it, if it is one of a row that says its currency."""
    currency = getattr(row, "currency", "")
    if row is None or not currency or not isinstance(value, int):
        return value
    is_amount = any(
        field.attname == name and isinstance(field, AmountField)
        for field in row._meta.concrete_fields
    )
    return Money(value, currency) if is_amount else value


def _plain(name: str, value: object) -> object:
    if value in (None, ""):
        return value
    if isinstance(value, bytes | memoryview):
        return hashed(bytes(value))
    if _SECRET.search(name):
        return hashed(str(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(name, one) for one in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    match value:
        case bool() | int():
            return value
        case Model():
            return str(value.pk)
        case datetime() | date() | time():
            return value.isoformat()
    return str(value)[:_LONGEST]


def hashed(secret: str | bytes) -> str:
    """Return what the trail keeps of a secret: whoever has it can tell that it is the same."""
    data = secret.encode() if isinstance(secret, str) else secret
    return "hmac:" + derived_keys.mac("audit trail", data)[:32]
