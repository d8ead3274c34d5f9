"""Refunds made at the processor, outside Rialto (rule 40)."""

from datetime import datetime

from django.db.models import F

from accounts.audit import trail
from core.database.locking import lock_one
from core.database.transactions import require_transaction
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.money import Money, spell
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges.services import refund_entries
from payments.disputes.services import fraud_warnings
from payments.models import Charge, Refund
from payments.refunds.services import refund_flags, refund_outcomes, refunds
from payments.states import RefundStatus
from processors.protocols.base import Outcome, OutcomeStatus


class OutsideRefundTooLarge(RuntimeError):
    """A refund at the processor exceeds what is left of its charge: an operator must look."""


def record(*, charge_id: str, outcome: Outcome, at: datetime) -> Refund | None:
    """Book a refund that was made at the processor.

    Safe to call again, and late: one refund is booked for each reference. The charge's owner
    bears all of it at first; who else does is decided with `share`.

    Args:
        charge_id: `ch_...`.
        outcome: What the rail says of the refund, with its own reference. A refund that has
            our key is settled with `refunds.settle` instead.
        at: The moment of the notice.

    Returns:
        The refund; None while nothing has moved.

    Raises:
        Missing: If there is no such charge.
        OutsideRefundTooLarge: If the charge has less left; nothing is booked.
    """
    existing = _find(charge_id, outcome)
    if existing:
        return refunds.settle(existing.id, outcome, at=at)
    if outcome.status is not OutcomeStatus.SUCCEEDED:
        return None
    with UnitOfWork(at=at) as work:
        charge = lock_one(Charge.objects.all(), charge_id, kind="charge", param="charge")
        # Looked at again under the lock: the same notice may come twice at once.
        existing = _find(charge_id, outcome)
        if existing:
            return existing
        work.tenant = charge.tenant
        return _book(work, charge, outcome)


def share(
    *, refund_id: str, reverse_transfer: bool, refund_application_fee: bool, at: datetime
) -> Refund:
    """Decide who bears a refund made at the processor, once.

    Args:
        refund_id: `re_...`.
        reverse_transfer: True to let the seller bear its part.
        refund_application_fee: True to return the platform's cut in proportion.
        at: The moment of the decision.

    Raises:
        Missing: If there is no such refund.
        InvalidRequest: If there is nothing to decide.
    """
    if not Refund.objects.filter(id=refund_id).exists():
        raise missing("refund", refund_id)
    with UnitOfWork(at=at) as work:
        charge, refund = refunds.lock(refund_id)
        is_open = refund.is_outside and refund.shared_at is None
        if not is_open or refund.status != RefundStatus.SUCCEEDED:
            raise InvalidRequest(f"Who bears refund {refund_id} is decided already.", param="id")
        before = resources.refund(refund)
        refund.shared_at = at
        refund.reverse_transfer = reverse_transfer
        refund.refund_application_fee = refund_application_fee
        refund_flags.check(charge, refund)
        work.tenant = refund.tenant
        if reverse_transfer or refund_application_fee:
            refund_outcomes.share_out(work, charge, refund)
        work.update(
            refund,
            "shared_at",
            "reverse_transfer",
            "refund_application_fee",
            "transfer_reversal_id",
        )
        trail.record(
            "refund.shared",
            refund,
            changes={
                "reverse_transfer": (None, reverse_transfer),
                "refund_application_fee": (None, refund_application_fee),
            },
        )
        work.emit("refund.updated", refund.tenant, resources.refund(refund), before=before)
    return refund


def _find(charge_id: str, outcome: Outcome) -> Refund | None:
    return Refund.objects.filter(charge_id=charge_id, processor_reference=outcome.reference).first()


def _book(work: UnitOfWork, charge: Charge, outcome: Outcome) -> Refund:
    require_transaction()
    left = charge.amount_captured - charge.amount_refunded
    if outcome.amount > left or outcome.currency != charge.currency:
        raise OutsideRefundTooLarge(
            f"{charge.id}: the rail says that {spell(outcome.amount, outcome.currency)} was "
            f"refunded as {outcome.reference}; {Money(left, charge.currency)} is left."
        )
    refund = Refund(
        id=new_id("re"),
        account_id=charge.account_id,
        livemode=charge.livemode,
        charge=charge,
        payment_intent_id=None if charge.is_standalone else charge.payment_intent_id,
        status=RefundStatus.SUCCEEDED,
        amount=outcome.amount,
        currency=outcome.currency,
        is_outside=True,
        # Without a transfer or a fee there is nobody else to bear it.
        shared_at=None if charge.transfer_id or charge.application_fee_id else work.at,
        processor_reference=outcome.reference,
        balance_transaction_id=new_id("txn"),
        pending_since=None if outcome.is_final else work.at,
        created_at=work.at,
    )
    was_actionable = resources.is_actionable(charge)
    charge.amount_refunded += refund.amount
    fraud_warnings.tell_if_changed(work, charge, was_actionable=was_actionable)
    _flag_excess(work, charge)
    work.post(refund_entries.outside_refund(charge, refund, work.at))
    refund_outcomes.book_shares(work, charge, refund)
    work.insert(refund)
    work.update(charge, "amount_refunded", "fee_returned_amount")
    work.emit("charge.refunded", charge.tenant, resources.charge(charge))
    work.emit("refund.created", charge.tenant, resources.refund(refund))
    return refund


def _flag_excess(work: UnitOfWork, charge: Charge) -> None:
    """Set on the last dispute by how much refund and dispute exceed the capture."""
    if not charge.amount_disputed:
        return
    excess = charge.amount_refunded + charge.amount_disputed - charge.amount_captured
    held = list(charge.disputes.filter(withdrawn_amount__gt=F("reinstated_amount")))
    more = excess - sum(row.excess_amount for row in held)
    if more <= 0:
        return
    row = max(held, key=lambda row: row.id)
    work.change(row, excess_amount=row.excess_amount + more)
