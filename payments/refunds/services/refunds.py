"""Refunds: reserve the amount, ask the rail, then settle or release."""

import logging
from datetime import datetime, timedelta
from typing import Final

from accounts.audit import trail
from connect.transfers.services.refunds.named_reversals import Reversals
from core import request_context
from core.database.locking import lock_rows
from core.detection import signals
from core.detection.signals import Observation, Signal
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from core.updates import merge
from operations import locking, polling, recovery
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.charges.services import refund_entries, unresolved_requests
from payments.disputes.services import fraud_warnings
from payments.models import Charge, Refund
from payments.refunds.services import refund_drafts, refund_flags, refund_outcomes, refund_requests
from payments.states import OPEN_REFUNDS, RefundStatus
from processors import gateway
from processors.protocols.base import NOT_FINAL, Outcome, OutcomeStatus
from processors.protocols.payers import PayerAct

logger = logging.getLogger(__name__)

# Whoever pays themselves by refunds takes payments that nobody remembers.
_OLD: Final = timedelta(days=60)


def create(
    *,
    tenant: Tenant,
    charge_id: str | None = None,
    intent_id: str | None = None,
    amount: int | None = None,
    reason: str | None = None,
    reverse_transfer: bool = False,
    refund_application_fee: bool = False,
    transfer_reversals: Reversals | None = None,
    instructions_email: str | None = None,
    metadata: dict[str, str] | None = None,
    refunded_before: int | None = None,
    at: datetime,
) -> Refund:
    """Refund a part or the rest of a charge.

    Runs as two transactions with the processor's call between them: the money is set
    aside before the processor is asked, so it cannot be spent meanwhile.

    Args:
        tenant: The merchant.
        charge_id: `ch_...`; or
        intent_id: `pi_...`, whose charge it is then.
        amount: Minor units; None for all that is left.
        reason: A word of the wire, such as `"duplicate"`.
        reverse_transfer: True to let the seller bear its part.
        refund_application_fee: True to return the platform's cut in proportion.
        transfer_reversals: See `RefundRequest`.
        instructions_email: Where the payer is written to.
        metadata: The merchant's own data.
        refunded_before: What was refunded of it when the caller looked, in minor units; None for
            whatever it is.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such charge.
        InvalidRequest: If more is asked for than is left, there is nothing to reverse, or
            something was refunded since the caller looked.
    """
    refund_id = request_context.reserved_id("re")
    if done := recovery.resume(lambda: _resume(tenant, refund_id, at=at)):
        return done
    request = refund_drafts.RefundRequest(
        charge_id=charge_id,
        intent_id=intent_id,
        amount=amount,
        reverse_transfer=reverse_transfer,
        refund_application_fee=refund_application_fee,
        transfer_reversals=transfer_reversals,
    )
    with UnitOfWork(tenant, at=at) as work:
        charge, refund = refund_drafts.draft(tenant, request, refund_id=refund_id, at=at)
        check_unchanged(charge, refunded_before)
        refund.reason = reason
        refund.instructions_email = refund_flags.address_for(charge, instructions_email)
        refund.metadata = metadata or {}
        work.insert(refund)
        was_actionable = resources.is_actionable(charge)
        work.change(charge, amount_refunded=charge.amount_refunded + refund.amount)
        fraud_warnings.tell_if_changed(work, charge, was_actionable=was_actionable)
        work.emit("refund.created", tenant, resources.refund(refund))
        work.post(refund_entries.reservation(charge, refund, at))
        trail.record_operator("refund.created", refund, changes={"amount": (None, refund.amount)})
    _note(refund, charge, at)
    return settle(refund.id, refund_requests.send(refund, charge), at=at)


def _note(refund: Refund, charge: Charge, at: datetime) -> None:
    is_old = at - charge.created_at > _OLD
    for signal in (Signal.REFUNDED, Signal.OLD_REFUNDED) if is_old else (Signal.REFUNDED,):
        signals.note(Observation(signal, account_id=refund.account_id, livemode=refund.livemode))


def check_unchanged(charge: Charge, refunded_before: int | None) -> None:
    """Refuse a refund if others were made since somebody looked.

    Args:
        charge: What is refunded.
        refunded_before: What was refunded of it then, in minor units; None for whatever it was.

    Raises:
        InvalidRequest: If it is another amount by now.
    """
    if refunded_before not in (None, charge.amount_refunded):
        raise InvalidRequest(
            f"{Money(charge.amount_refunded, charge.currency)} of {charge.id} is refunded by now, "
            "more or less than when you looked. Look at what a refund would do now, and repeat it "
            "if it is still right."
        )


def settle(refund_id: str, outcome: Outcome, *, at: datetime) -> Refund:
    """Record the outcome of a refund; safe to call again, and late.

    A refund that succeeded and is said to be declined has failed afterwards: its money is back.

    Args:
        refund_id: `re_...`.
        outcome: The rail's answer. One that is not the last word changes nothing, and neither
            does one about another amount: the rail is asked again.
        at: The moment of the answer.
    """
    with UnitOfWork(at=at) as work:
        charge, refund = lock(refund_id)
        work.tenant = refund.tenant
        wrong = polling.differs(
            refund.id, requested=(refund.amount, refund.currency), outcome=outcome
        )
        if wrong or outcome.status in NOT_FINAL:
            if not wrong:
                refund_outcomes.wait(work, refund, outcome)
            if refund.pending_since:
                unresolved_requests.note(
                    refund_requests.describe(refund, charge), wrong or outcome, at=at
                )
            return refund
        refund_outcomes.record(work, charge, refund, outcome)
    return refund


def lock(refund_id: str) -> tuple[Charge, Refund]:
    """Lock a refund's charge, and then the refund, as every operation does."""
    of_it = Charge.objects.filter(refunds=refund_id)
    charge = lock_rows(of_it).get()
    refund = lock_rows(Refund.objects.all()).get(id=refund_id)
    refund.charge = charge
    return charge, refund


def update(*, tenant: Tenant, refund_id: str, metadata: dict[str, str], at: datetime) -> Refund:
    """Change a refund's metadata.

    Raises:
        Missing: If the merchant has no such refund.
    """
    with UnitOfWork(tenant, at=at) as work:
        rows = Refund.objects.select_related("charge")
        refund = locking.lock(rows, tenant, refund_id, kind="refund")
        before = resources.refund(refund)
        work.change(refund, metadata=merge(refund.metadata, metadata))
        work.emit("refund.updated", tenant, resources.refund(refund), before=before)
    return refund


def cancel(*, tenant: Tenant, refund_id: str, at: datetime) -> Refund:
    """Cancel a refund that has not reached the payer, if its rail still can.

    Nothing need be recorded first: the rail is asked what became of the refund itself, and if
    its answer is lost, the repair task asks again.

    Raises:
        Missing: If the merchant has no such refund.
        InvalidRequest: If the refund has ended, or the rail does not let go of it.
    """
    refund = queries.refund(tenant, refund_id)
    charge = Charge.objects.select_related("payment_method").get(id=refund.charge_id)
    if refund.status in OPEN_REFUNDS:
        outcome = refund_requests.cancel(refund, charge)
        if outcome is not None:
            refund = settle(refund.id, outcome, at=at)
            if outcome.status is OutcomeStatus.UNKNOWN:
                return refund
    if refund.status == RefundStatus.CANCELED:
        return refund
    raise InvalidRequest(
        f"Refund {refund_id} has a status of {refund.status} and cannot be canceled. Only a "
        "refund that its processor has not sent to the payer yet can be.",
        param="refund",
    )


def expire(*, tenant: Tenant, refund_id: str, at: datetime) -> Refund:
    """Let the payer of a test payment give no account in time.

    Raises:
        Missing: If the merchant has no such refund.
        InvalidRequest: If it waits for no payer, or the payer acts for itself.
    """
    refund = queries.refund(tenant, refund_id)
    if refund.status == RefundStatus.REQUIRES_ACTION:
        rows = Refund.objects.select_related("charge__payment_method")
        refund = rows.get(id=refund.id)
        if gateway.act_for_payer(refund.charge.processor, refund.id, PayerAct.EXPIRE):
            return poll(refund, at=at)
    raise InvalidRequest(
        f"Refund {refund_id} has a status of {refund.status}. Only refunds with a status of "
        "requires_action can expire.",
        param="refund",
    )


def repair(*, at: datetime, older_than: timedelta = timedelta(seconds=5)) -> int:
    """Poll the rails for refunds without a final outcome, at growing intervals.

    Args:
        at: The moment, in UTC.
        older_than: The age at which a refund is polled.

    Returns:
        How many refunds have their answer now.
    """
    waiting = (
        Refund.objects.filter(pending_since__lt=at - older_than)
        .exclude(id__in=unresolved_requests.waiting_ids(at))
        .select_related("charge__payment_method")
        .order_by("pending_since")
    )
    return polling.each(
        waiting[:100],
        lambda refund: poll(refund, at=at).pending_since is None,
        failure=polling.NOT_SETTLED,
    )


def poll(refund: Refund, *, at: datetime) -> Refund:
    """Poll the rail for a pending refund, and record the outcome.

    Args:
        refund: The refund, with its charge and the charge's payment method.
        at: The moment.
    """
    if refund.pending_since is None:
        return refund
    return settle(refund.id, refund_requests.find_or_send(refund, refund.charge, at=at), at=at)


def refresh(refund_id: str, *, at: datetime) -> Refund | None:
    """Fetch and record a refund's outcome, even after its last one; None without a refund."""
    row = Refund.objects.select_related("charge").filter(id=refund_id).first()
    if row is None:
        return None
    outcome = refund_requests.find(row, row.charge)
    return settle(row.id, outcome, at=at) if outcome else row


def _resume(tenant: Tenant, refund_id: str, *, at: datetime) -> Refund | None:
    refund = (
        Refund.objects.select_related("charge__payment_method")
        .filter(id=refund_id, account_id=tenant.account_id, livemode=tenant.livemode)
        .first()
    )
    if refund and refund.status == RefundStatus.PENDING:
        return settle(refund.id, refund_requests.send(refund, refund.charge), at=at)
    return refund
