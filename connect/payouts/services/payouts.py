"""Payouts: set the money aside, send it, then settle or return it."""

from datetime import datetime

from accounts.audit import trail
from connect.models import ExternalAccount, Payout
from connect.payouts import queries, resources
from connect.payouts.services import (
    allocations,
    destinations,
    fees,
    orders,
    payout_entries,
    schedules,
)
from connect.states import PayoutStatus
from core import request_context
from core.database.lookups import one
from core.database.transactions import require_transaction
from core.detection import signals
from core.detection.signals import Observation, Signal
from core.errors import InvalidRequest
from core.ids import new_id
from core.money import Money, check_step
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from ledger import queries as ledger_queries
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork


def create(
    *,
    tenant: Tenant,
    amount: int,
    currency: str,
    destination: str | None = None,
    method: str = "standard",
    description: str | None = None,
    statement_descriptor: str | None = None,
    metadata: dict[str, str] | None = None,
    available_before: int | None = None,
    at: datetime,
) -> Payout:
    """Pay a part of an account's balance out to its bank.

    The money is set aside at once. It is sent a little later, and can be canceled until then;
    an instant payout is sent with the next round.

    Args:
        tenant: The account that is paid.
        amount: Minor units.
        currency: Of the amount.
        destination: `ba_...` or `card_...`; None for the currency's default.
        method: `"standard"` or `"instant"`.
        description: The caller's description.
        statement_descriptor: The text on the bank's statement.
        metadata: The caller's metadata.
        available_before: What the caller takes for available, in minor units; None to pay
            whatever it is.
        at: The moment of the request.

    Raises:
        InvalidRequest: If the account, or this destination, may not be paid, the amount is finer
            than the currency, or another amount is available than the caller takes for it.
        BalanceInsufficient: If the account does not have the money, or not for its fee, or a bank
            is to send it and there is too little where it is held (71). Nothing was posted.
    """
    payout_id = request_context.reserved_id("po")
    if done := recovery.resume(lambda: queries.payouts(tenant).filter(id=payout_id).first()):
        return done
    check_step(amount, currency, param="amount", is_payout=True)
    with UnitOfWork(tenant, at=at) as work:
        schedule = schedules.lock(tenant, at=at)
        if available_before is not None:
            _check_available(tenant, Money(available_before, currency))
        target = destinations.choose(tenant, destination, currency=currency, method=method, at=at)
        order = orders.Order(
            amount,
            target,
            method,
            details={
                "description": description,
                "statement_descriptor": statement_descriptor,
                "metadata": metadata or {},
            },
        )
        allocations.collect(schedule)
        payout = orders.build(work, schedule, order, payout_id=payout_id)
        work.explain(fees.explain(payout))
        trail.record_operator("payout.created", payout)
    if target.held_until is not None and target.held_until > at:
        signals.note(
            Observation(
                Signal.HELD_PAYOUT,
                account_id=payout.account_id,
                livemode=payout.livemode,
                thing=target.id,
            )
        )
    return payout


def _check_available(tenant: Tenant, seen: Money) -> None:
    """Refuse what was decided by a balance that is another one now.

    Raises:
        InvalidRequest: If it is.
    """
    found = ledger_queries.balance(owner=tenant.account_id, livemode=tenant.livemode)
    now = Money(found.available.get(seen.currency, 0), seen.currency)
    if now != seen:
        raise InvalidRequest(
            f"{now} is available now, and no longer {seen}. Look at it again before you pay.",
            param="amount",
        )


def update(*, tenant: Tenant, payout_id: str, changes: JsonObject, at: datetime) -> Payout:
    """Change a payout's metadata.

    Raises:
        Missing: If the account has no such payout.
    """
    with UnitOfWork(tenant, at=at) as work:
        payout = lock(payout_id, tenant=tenant)
        before = resources.payout(payout)
        apply(payout, changes)
        if changes:
            work.update(payout, *changes)
            work.emit("payout.updated", tenant, resources.payout(payout), before=before)
    return payout


def cancel(*, tenant: Tenant, payout_id: str, at: datetime) -> Payout:
    """Cancel a payout that has not been sent: its money is available again.

    Raises:
        Missing: If the account has no such payout.
        InvalidRequest: If it has been sent, or has ended.
    """
    with UnitOfWork(tenant, at=at) as work:
        payout = lock(payout_id, tenant=tenant)
        if payout.status == PayoutStatus.CANCELED:
            return payout
        if payout.status != PayoutStatus.PENDING:
            raise InvalidRequest(
                f"Payouts can only be canceled while they are pending, before they are sent to "
                f"the bank. This one is {payout.status}.",
                param="payout",
            )
        add_cancellation(work, payout)
        trail.record_operator("payout.canceled", payout)
    return payout


def cancel_pending(work: UnitOfWork, destination: ExternalAccount) -> None:
    """Add the cancellation of a destination's pending payouts to the unit of work.

    Args:
        work: The unit of work.
        destination: A locked external account that is no longer paid.
    """
    require_transaction()
    pending = (
        Payout.objects.select_for_update(of=("self",), no_key=True)
        .select_related("destination")
        .filter(destination=destination, status=PayoutStatus.PENDING)
        .order_by("id")
    )
    for payout in pending:
        add_cancellation(work, payout)


def add_cancellation(work: UnitOfWork, payout: Payout) -> None:
    """Add the cancellation of a payout that has not been sent to the unit of work."""
    work.change(
        payout,
        status=PayoutStatus.CANCELED,
        send_at=None,
        failure_balance_transaction_id=new_id("txn"),
    )
    allocations.release(payout)
    work.post(payout_entries.build_return(payout, type="payout_cancel", at=work.at))
    fees.refund(work, payout)
    work.emit("payout.canceled", payout.tenant, resources.payout(payout))


def reverse(*, tenant: Tenant, payout_id: str) -> Payout:
    """Refuse to reverse a payout: no bank of ours can be debited for it.

    Raises:
        Missing: If the account has no such payout.
        InvalidRequest: Always otherwise.
    """
    payout = queries.payout(tenant, payout_id)
    hint = (
        "Cancel it instead."
        if payout.status == PayoutStatus.PENDING
        else "Ask the account's owner to send the money back."
    )
    raise InvalidRequest(
        f"Payout {payout_id} cannot be reversed: the bank that sent it cannot debit the account "
        f"it went to. {hint}",
        param="payout",
    )


def lock(payout_id: str, *, tenant: Tenant | None = None) -> Payout:
    """Lock a payout, and return it with its destination.

    Args:
        payout_id: `po_...`.
        tenant: The account that is paid; None for work of ours that has only the id.

    Raises:
        Missing: If there is none, or it is another account's.
    """
    rows = Payout.objects.select_related("destination")
    if tenant:
        return locking.lock(rows, tenant, payout_id, kind="payout")
    require_transaction()
    return one(rows.select_for_update(of=("self",), no_key=True), payout_id, kind="payout")
