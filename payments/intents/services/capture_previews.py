"""What a capture would do, before anything moves.

The same steps as in a real capture gather the same entries; then they are read instead of written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.money import Money
from core.tenant import Tenant
from ledger import rules
from ledger.entries import Entry
from operations.unit_of_work import UnitOfWork
from payments.charges.services import captures, fee_schedules
from payments.charges.services.previews.effects import effects_of
from payments.intents.services import intent_locks, intent_validation
from payments.models import Charge, PaymentIntent
from payments.resources.refund_previews import PAYER, PROCESSOR, Effect, Share
from payments.states import IntentStatus
from processors.protocols.base import Outcome, OutcomeStatus


@dataclass(frozen=True, slots=True)
class CapturePreview:
    """A capture that was not made.

    Args:
        intent: As it would be, not saved.
        held: What is authorised now.
        captured: What would be taken.
        released: What could not be taken any more.
        shares: Who would pay what to whom.
        effects: What that does to each account.
    """

    intent: PaymentIntent
    held: Money
    captured: Money
    released: Money
    shares: Sequence[Share]
    effects: Sequence[Effect]


def preview(
    *,
    tenant: Tenant,
    intent_id: str,
    amount_to_capture: int | None = None,
    application_fee_amount: int | None = None,
    transfer_amount: int | None = None,
    at: datetime,
) -> CapturePreview:
    """Preview a capture: who would pay what, and what balances would be.

    The rail is not asked, so a capture that it refuses is not foreseen.

    Args:
        tenant: The merchant.
        intent_id: `pi_...`.
        amount_to_capture: Minor units; None for all of it.
        application_fee_amount: A lower fee for a lower amount.
        transfer_amount: A lower transfer for a lower amount.
        at: Now.

    Raises:
        Missing: If the merchant has no such intent.
        UnexpectedState: If nothing is authorised.
        InvalidRequest: As capturing would.
    """
    # Nothing is written, so it may be a part of whatever transaction there is.
    with transaction.atomic():
        work = UnitOfWork(tenant, at=at)
        intent = intent_locks.lock(tenant, intent_id)
        charge = intent_locks.lock_authorization(intent, "capture")
        held, currency = intent.amount_capturable, charge.currency
        captures.request_capture(charge, intent, amount_to_capture)
        if application_fee_amount is not None:
            charge.application_fee_amount = application_fee_amount
        if transfer_amount is not None:
            charge.transfer_amount = transfer_amount
        intent_validation.check_capture(charge, is_split_anew=False)
        amount = charge.open_request_amount or 0
        intent.move_to(IntentStatus.PROCESSING)
        pricing = fee_schedules.lock_pricing(charge.id, at)
        # Gathered and never written.
        captures.book(work, charge, Outcome(OutcomeStatus.SUCCEEDED, "", amount, currency), pricing)
        effects = effects_of(work.entries, currency=currency, livemode=charge.livemode)
    return CapturePreview(
        intent,
        Money(held, currency),
        Money(amount, currency),
        Money(held - amount, currency),
        [_share(entry, charge) for entry in work.entries],
        effects,
    )


def _share(entry: Entry, charge: Charge) -> Share:
    is_payment = entry.rule is rules.CHARGE_CAPTURED
    giver, getter = (
        PROCESSOR if owner == charge.processor else owner
        for owner in (entry.debit_owner, entry.credit_owner)
    )
    parts = entry.debits if entry.currency == charge.currency else entry.credits
    return Share(
        "payment" if is_payment else entry.rule.kind,
        sum(part.amount for part in parts),
        PAYER if is_payment else giver,
        getter,
    )
