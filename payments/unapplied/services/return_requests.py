"""Requests to rails to give late payments back, in the rails' words: refunds of their charges."""

from datetime import datetime

from payments.charges.services.unresolved_requests import RailRequest
from payments.models import UnappliedPayment
from processors import gateway
from processors.protocols.base import Action, FollowUp, Inquiry, Outcome


def send(row: UnappliedPayment) -> Outcome:
    """Ask the rail to give a late payment back; it may be asked again, with the same key."""
    return gateway.refund(row.charge.processor, _follow_up(row))


def find(row: UnappliedPayment) -> Outcome | None:
    """Ask the rail what became of it; None if it was never asked."""
    request = describe(row)
    return gateway.find(request.processor, request.inquiry)


def find_or_send(row: UnappliedPayment, *, at: datetime) -> Outcome:
    """Ask the rail what became of it, and ask for it again if that never arrived."""
    request = describe(row)
    return gateway.find_or_send(
        request.processor,
        request.inquiry,
        lambda: send(row),
        sent_at=request.sent_at,
        at=at,
    )


def describe(row: UnappliedPayment) -> RailRequest:
    """Describe it as a request that may be unresolved."""
    charge = row.charge
    return RailRequest(
        inquiry=Inquiry(Action.REFUND, row.return_key, charge.id, row.processor_reference),
        object_id=row.id,
        tenant=row.tenant,
        processor=charge.processor,
        amount=row.amount,
        currency=row.currency,
        sent_at=row.pending_since or row.created_at,
    )


def _follow_up(row: UnappliedPayment) -> FollowUp:
    charge = row.charge
    return FollowUp(
        key=row.return_key,
        charge_key=charge.id,
        amount=row.amount,
        currency=row.currency,
        instrument=charge.payment_method.instrument,
        charge_reference=row.processor_reference,
    )
