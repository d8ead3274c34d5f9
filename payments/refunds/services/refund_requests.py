"""Requests to rails about refunds, in the rails' words."""

from datetime import datetime

from payments.charges.services.unresolved_requests import RailRequest
from payments.models import Charge, Refund
from processors import gateway
from processors.protocols.base import Action, FollowUp, Inquiry, Outcome


def send(refund: Refund, charge: Charge) -> Outcome:
    """Send a refund to its rail; it may be sent again, with the same key."""
    return gateway.refund(charge.processor, _follow_up(refund, charge))


def find(refund: Refund, charge: Charge) -> Outcome | None:
    """Ask the rail what became of a refund; None if it never arrived."""
    request = describe(refund, charge)
    return gateway.find(request.processor, request.inquiry)


def find_or_send(refund: Refund, charge: Charge, *, at: datetime) -> Outcome:
    """Ask the rail what became of a refund, and send it again if it never arrived."""
    request = describe(refund, charge)
    return gateway.find_or_send(
        request.processor,
        request.inquiry,
        lambda: send(refund, charge),
        sent_at=request.sent_at,
        at=at,
    )


def cancel(refund: Refund, charge: Charge) -> Outcome | None:
    """Stop a refund that its rail has not sent to the payer; None if the rail cannot."""
    return gateway.cancel_refund(charge.processor, _follow_up(refund, charge))


def describe(refund: Refund, charge: Charge) -> RailRequest:
    """Describe a refund as a request that may be unresolved."""
    return RailRequest(
        inquiry=Inquiry(Action.REFUND, refund.id, charge.id, charge.processor_reference),
        object_id=refund.id,
        tenant=refund.tenant,
        processor=charge.processor,
        amount=refund.amount,
        currency=refund.currency,
        sent_at=refund.created_at,
    )


def _follow_up(refund: Refund, charge: Charge) -> FollowUp:
    return FollowUp(
        key=refund.id,
        charge_key=charge.id,
        amount=refund.amount,
        currency=refund.currency,
        instrument=charge.payment_method.instrument,
        charge_reference=charge.processor_reference,
    )
