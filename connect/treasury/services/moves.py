"""Moves of the operator's own money between processors and banks (rule 73)."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError

from accounts.audit import trail
from connect.models import TreasuryMove
from connect.states import TreasuryMoveStatus
from connect.treasury import queries
from core import currencies
from core.database.locking import lock_rows
from core.errors import InvalidRequest, missing
from core.ids import with_prefix
from core.money import Money
from core.operator_pages import texts
from core.security import actor
from core.tenant import Tenant
from ledger import rules
from ledger.chart import BANK, PROCESSOR, SETTLEMENT_IN_TRANSIT
from ledger.entries import OPERATOR, Entry, Part
from operations.unit_of_work import UnitOfWork

LONGEST_NOTE: Final = 200


def check(*, source: str, target: str, amount: int, currency: str, livemode: bool) -> None:
    """Refuse a move that cannot be.

    Raises:
        InvalidRequest: If a place is unknown, both are one, or the books say that less is there.
    """
    known = queries.holders(livemode=livemode)
    for name, holder in (("source", source), ("target", target)):
        if holder not in known:
            raise InvalidRequest(
                f"There is no place {holder!r}. There are: {', '.join(sorted(known))}.", param=name
            )
    if source == target:
        raise InvalidRequest("Money moves from one place to another one.", param="target")
    if currency not in currencies.CODES or amount <= 0:
        raise InvalidRequest("Say how much, in which currency.", param="amount")
    there = queries.held_by(source, currency=currency, livemode=livemode)
    if amount > there:
        raise InvalidRequest(
            f"By the books, {source} has {Money(max(there, 0), currency)}: no more can leave it. "
            "If more is there, say first where it came from.",
            param="amount",
        )


def find(suffix: str) -> TreasuryMove | None:
    """Return the move that was recorded with a suffix; None if none was."""
    return TreasuryMove.objects.filter(id=with_prefix("tmove", suffix)).first()


def record(
    *,
    suffix: str,
    source: str,
    target: str,
    amount: int,
    currency: str,
    livemode: bool,
    note: str,
    at: datetime,
) -> TreasuryMove:
    """Record that money was sent from one place to another; the same suffix records it once.

    Args:
        suffix: What the move's id ends with.
        source: The holder that it left, as the ledger calls it.
        target: The holder that it goes to.
        amount: Minor units.
        currency: Lower-case ISO code.
        livemode: Which of the two worlds.
        note: What the bank or processor calls it, for whoever looks later.
        at: The moment.

    Raises:
        InvalidRequest: If it cannot be, or the note is too long.
    """
    if known := find(suffix):
        return known
    check(source=source, target=target, amount=amount, currency=currency, livemode=livemode)
    row = TreasuryMove(
        id=with_prefix("tmove", suffix),
        livemode=livemode,
        amount=amount,
        currency=currency,
        source=source,
        target=target,
        is_source_bank=queries.is_bank(source),
        is_target_bank=queries.is_bank(target),
        note=texts.read(note, most=LONGEST_NOTE, param="note"),
        recorded_by=actor.current().email,
        created_at=at,
    )
    try:
        _send(row, at=at)
    except IntegrityError:
        # The same form was sent twice at one moment.
        return TreasuryMove.objects.get(id=row.id)
    return row


def _send(row: TreasuryMove, *, at: datetime) -> None:
    with UnitOfWork(Tenant(OPERATOR, row.livemode), at=at) as work:
        work.insert(row)
        work.post(
            Entry(
                rule=rules.TREASURY_MOVE_SENT,
                source=row.id,
                group=row.id,
                currency=row.currency,
                debit_owner=row.source,
                credit_owner=row.source,
                debits=(Part(SETTLEMENT_IN_TRANSIT, row.amount),),
                credits=(Part(_code(is_bank=row.is_source_bank), row.amount),),
            )
        )
        trail.record(
            "treasury_move.recorded",
            row,
            livemode=row.livemode,
            changes={
                "from": (None, row.source),
                "to": (None, row.target),
                "amount": (None, row.amount),
            },
        )


def end(*, move_id: str, status: TreasuryMoveStatus, at: datetime) -> TreasuryMove:
    """Record that a move has arrived, or has come back to where it left from.

    Args:
        move_id: `tmove_...`.
        status: `arrived` or `returned`; the same again changes nothing.
        at: The moment.

    Raises:
        Missing: If there is no such move.
        InvalidRequest: If it ended in the other way.
    """
    with UnitOfWork(at=at) as work:
        row = lock_rows(TreasuryMove.objects.filter(id=move_id)).first()
        if row is None:
            raise missing("treasury_move", move_id)
        if row.status == status:
            return row
        if row.status != TreasuryMoveStatus.SENT:
            raise InvalidRequest(f"This move has {row.status} already.", param="status")
        work.tenant = Tenant(OPERATOR, row.livemode)
        is_back = status == TreasuryMoveStatus.RETURNED
        holder = row.source if is_back else row.target
        is_bank = row.is_source_bank if is_back else row.is_target_bank
        work.change(row, status=status, ended_at=at, ended_by=actor.current().email)
        work.post(
            Entry(
                rule=rules.TREASURY_MOVE_RECEIVED,
                source=row.id,
                group=row.id,
                currency=row.currency,
                debit_owner=holder,
                credit_owner=row.source,
                debits=(Part(_code(is_bank=is_bank), row.amount),),
                credits=(Part(SETTLEMENT_IN_TRANSIT, row.amount),),
            )
        )
        trail.record(
            f"treasury_move.{status}",
            row,
            livemode=row.livemode,
            changes={"status": (TreasuryMoveStatus.SENT, status)},
        )
    return row


def _code(*, is_bank: bool) -> str:
    return BANK if is_bank else PROCESSOR
