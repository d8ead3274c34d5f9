"""What a refund would do, before anything moves.

The same steps as in a real refund gather the same entries; then they are read instead of
written. So there is no second arithmetic that could say something else.
"""

from datetime import datetime
from typing import Final

from django.db import transaction

from core.ids import new_id
from core.tenant import Tenant
from ledger import queries, rules
from ledger.chart import AVAILABLE
from ledger.entries import Entry
from operations.unit_of_work import UnitOfWork
from payments.charges.services import refund_entries
from payments.charges.services.previews.effects import effects_of
from payments.models import Charge
from payments.refunds.services import refund_drafts, refund_outcomes
from payments.refunds.services.refund_drafts import RefundRequest
from payments.resources.refund_previews import PAYER, PROCESSOR, Preview, Share

_SHOWN: Final = {
    rules.REFUND_RESERVED.kind: "refund",
    rules.REFUND_TRANSFER_REVERSAL.kind: "transfer_reversal",
    rules.REFUND_EXCHANGED_REVERSAL.kind: "transfer_reversal",
    rules.APPLICATION_FEE_REFUND.kind: "application_fee_refund",
    rules.EXCHANGED_FEE_REFUND.kind: "application_fee_refund",
    rules.PROCESSOR_FEE_RETURNED.kind: "processor_fee_refund",
}


def preview(*, tenant: Tenant, request: RefundRequest, at: datetime) -> Preview:
    """Preview a refund: who would pay what, and which balance would go negative.

    Nothing is written. The rail is not asked, so a refund that the payer's bank refuses is not
    foreseen; and what others do meanwhile changes the balances, not the shares.

    Args:
        tenant: The merchant.
        request: What is to be refunded.
        at: Now.

    Raises:
        Missing: If the merchant has no such charge.
        InvalidRequest: As making the refund would.
    """
    # Nothing is written, so it may be a part of whatever transaction there is.
    with transaction.atomic():
        work = UnitOfWork(tenant, at=at)
        charge, refund = refund_drafts.draft(tenant, request, refund_id=new_id("re"), at=at)
        left = charge.amount_captured - charge.amount_refunded - refund.amount
        reservation = refund_entries.reservation(charge, refund, at)
        # Gathered and never written.
        work.post(reservation)
        refund_outcomes.book_shares(work, charge, refund)
        effects = effects_of(work.entries, currency=charge.currency, livemode=charge.livemode)
        is_refused = _is_refused(reservation, charge)
    shares = [_share(entry, charge.currency) for entry in work.entries]
    return Preview(charge, refund, left, shares, effects, is_refused)


def _share(entry: Entry, currency: str) -> Share:
    type = _SHOWN[entry.rule.kind]
    return Share(
        type,
        # Of an exchange what the platform gives, or has again.
        sum(
            part.amount for part in (entry.debits if entry.currency == currency else entry.credits)
        ),
        PROCESSOR if type == "processor_fee_refund" else entry.debit_owner,
        PAYER if type == "refund" else entry.credit_owner,
    )


def _is_refused(reservation: Entry, charge: Charge) -> bool:
    """Tell whether the ledger would refuse the reservation; what follows is a fact."""
    needed = sum(part.amount for part in reservation.debits if part.code == AVAILABLE)
    if not needed:
        return False
    owner, livemode = charge.account_id, charge.livemode
    usable = queries.balance(owner=owner, livemode=livemode).available.get(charge.currency, 0)
    limit = queries.negative_limit(owner=owner, currency=charge.currency, livemode=livemode)
    return usable - needed < -limit
