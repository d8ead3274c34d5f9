"""Payers' next actions at processors, kept encrypted until the attempt has ended."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from core.database.transactions import require_transaction
from core.security import encryption
from core.tenant import Tenant
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments.models import PayerAction, PaymentIntent, SetupIntent
from payments.states import IntentStatus
from processors import gateway
from processors.protocols.base import FollowUp, Outcome
from processors.protocols.next_actions import ActionKind, NextAction

_OPEN: Final = (IntentStatus.REQUIRES_ACTION, IntentStatus.PROCESSING)
PURPOSE: Final = "what payers have to do at processors"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The charge or setup attempt that waits for its payer.

    Args:
        id: Our id, which is the rail's key of the request.
        intent_id: `pi_...` or `seti_...`.
        tenant: The merchant.
    """

    id: str
    intent_id: str
    tenant: Tenant


def exists(attempt_id: str) -> bool:
    """Tell whether the payer of an attempt was ever asked to act."""
    return PayerAction.objects.filter(attempt_id=attempt_id).exists()


def keep(
    work: UnitOfWork,
    attempt: Attempt,
    action: NextAction | None,
    *,
    next_poll_at: datetime | None = None,
) -> bool:
    """Keep what the payer has to do next.

    Args:
        work: The unit of work.
        attempt: The attempt, locked.
        action: What the rail says; None if it only says that it still waits.
        next_poll_at: When the rail of a setup attempt is polled.

    Returns:
        True if it is another action than before.
    """
    require_transaction()
    row = PayerAction.objects.filter(attempt_id=attempt.id).first()
    is_new = action is not None and (row is None or open_action(row) != action)
    if row is None:
        assert action is not None
        row = PayerAction(
            attempt_id=attempt.id,
            account_id=attempt.tenant.account_id,
            livemode=attempt.tenant.livemode,
            intent_id=attempt.intent_id,
            kind=action.kind.value,
            sealed=_seal(attempt.id, asdict(action)),
            next_poll_at=next_poll_at,
            created_at=work.at,
        )
        work.insert(row)
        return True
    if is_new:
        assert action is not None
        row.kind, row.sealed = action.kind.value, _seal(attempt.id, asdict(action))
        row.number += 1
        row.created_at = work.at
    row.returned_number, row.next_poll_at = None, next_poll_at
    work.update(row, "kind", "sealed", "number", "created_at", "returned_number", "next_poll_at")
    return is_new


def open_action(row: PayerAction) -> NextAction:
    """Return what a payer has to do."""
    kept = _unseal(row.attempt_id, row.sealed)
    return NextAction(**kept | {"kind": ActionKind(kept["kind"])})


def note_return(work: UnitOfWork, row: PayerAction, returned: Mapping[str, str]) -> None:
    """Keep what the payer's browser brought back, so that the rail can be asked again."""
    work.change(
        row,
        returned=_seal(row.attempt_id, dict(returned)),
        returned_number=row.number,
        next_poll_at=None,
    )


def end(attempt_id: str) -> None:
    """Stop polling about an attempt whose payer need not act any more."""
    rows = PayerAction.objects.filter(attempt_id=attempt_id, next_poll_at__isnull=False)
    rows.update(next_poll_at=None)


def forget(*, before: datetime) -> None:
    """Delete what payers had to do before a moment for attempts that have ended since."""
    waiting = (PaymentIntent.objects, SetupIntent.objects)
    rows = PayerAction.objects.filter(created_at__lt=before)
    for intents in waiting:
        rows = rows.exclude(intent_id__in=intents.filter(status__in=_OPEN).values("id"))
    rows.delete()


def is_answered(row: PayerAction, returned: Mapping[str, str]) -> bool:
    """Tell whether the browser brought this for an earlier action: it was loaded again."""
    return (
        row.returned is not None
        and row.returned_number is None
        and row.number > 1
        and _unseal(row.attempt_id, row.returned) == returned
    )


def ask_completed(rail: str, request: FollowUp) -> Outcome | None:
    """Tell a rail that the payer is back, and hear how its request ended.

    Returns:
        None if the payer has not come back, or the rail need not be told.
    """
    rows = PayerAction.objects.filter(attempt_id=request.key, returned_number__isnull=False)
    row = rows.first()
    if row is None:
        return None
    returned = _unseal(row.attempt_id, str(row.returned))
    return gateway.complete(rail, request, open_action(row).state, returned)


def _seal(row_id: str, content: JsonObject) -> str:
    return encryption.encrypt(json.dumps(content), purpose=PURPOSE, row=row_id).hex()


def _unseal(row_id: str, sealed: str) -> JsonObject:
    content: JsonObject = json.loads(
        encryption.decrypt(bytes.fromhex(sealed), purpose=PURPOSE, row=row_id)
    )
    return content
