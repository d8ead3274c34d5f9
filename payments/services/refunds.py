"""Giving money back: set it aside, ask the rail, then settle or restore."""

import logging
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from connect.services import charge_refunds
from connect.services.movements import Movement
from core import context
from core.changes import merged
from core.db import atomic, require_transaction
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.tenant import Tenant
from ledger import rules
from ledger.chart import PROCESSOR, REFUNDS_IN_TRANSIT
from ledger.entries import Entry, Line, Part
from ledger.services import lots
from payments import queries, resources
from payments.models import Charge, Refund
from payments.services import charges
from payments.states import ChargeStatus, RefundStatus
from processors import registry
from processors.base import FollowUp, Outcome, OutcomeStatus, ProcessorUnavailable

logger = logging.getLogger(__name__)


def create(
    *,
    tenant: Tenant,
    charge_id: str | None = None,
    intent_id: str | None = None,
    amount: int | None = None,
    reason: str | None = None,
    reverse_transfer: bool = False,
    refund_application_fee: bool = False,
    instructions_email: str | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> Refund:
    """Give a payer a part or the rest of a charge back.

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
        instructions_email: Where the payer is written to.
        metadata: The merchant's own words.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such charge.
        InvalidRequest: If more is asked for than is left, or there is nothing to reverse.
    """
    refund_id = context.reserved_id("re")
    if context.current().is_recovery:
        if done := _resume(tenant, refund_id, at=at):
            return done
    with atomic():
        charge = _refundable(tenant, charge_id, intent_id)
        refund = Refund(
            id=refund_id,
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            charge=charge,
            payment_intent_id=charge.payment_intent_id,
            amount=_amount(charge, amount),
            currency=charge.currency,
            reason=reason,
            instructions_email=instructions_email,
            metadata=metadata or {},
            reverse_transfer=reverse_transfer,
            refund_application_fee=refund_application_fee,
            balance_transaction_id=new_id("txn"),
            pending_since=at,
            created_at=at,
        )
        _check_flags(charge, refund)
        charge.amount_refunded += refund.amount
        movement = Movement(tenant.livemode, at)
        movement.insert(refund)
        movement.update(charge, "amount_refunded")
        movement.tell("refund.created", tenant, resources.refund(refund))
        movement.post(_reserve(charge, refund, at))
        movement.commit()
    return _finish(refund, charge, at=at)


def settle(refund_id: str, outcome: Outcome, *, at: datetime) -> Refund:
    """Record what the rail said of a refund. Safe to call again.

    Args:
        refund_id: `re_...`.
        outcome: The rail's answer; a pending one changes nothing.
        at: The moment of the answer.
    """
    if outcome.status is OutcomeStatus.PENDING:
        return Refund.objects.select_related("charge").get(id=refund_id)
    with atomic():
        charge_id = Refund.objects.values_list("charge_id", flat=True).get(id=refund_id)
        # The charge first: every operation locks it before its refunds.
        charge = Charge.objects.select_for_update(of=("self",), no_key=True).get(id=charge_id)
        refund = Refund.objects.select_for_update(of=("self",), no_key=True).get(id=refund_id)
        refund.charge = charge
        if refund.status != RefundStatus.PENDING:
            return refund
        movement = Movement(refund.livemode, at)
        refund.pending_since = None
        refund.processor_reference = outcome.reference
        if outcome.status is OutcomeStatus.DECLINED:
            _restore(movement, charge, refund)
        else:
            _confirm(movement, charge, refund)
        movement.commit()
    return refund


def update(*, tenant: Tenant, refund_id: str, metadata: dict[str, str], at: datetime) -> Refund:
    """Change a refund's metadata.

    Raises:
        Missing: If the merchant has no such refund.
    """
    with atomic():
        refund = (
            Refund.objects.select_for_update(of=("self",), no_key=True)
            .filter(id=refund_id, account_id=tenant.account_id, livemode=tenant.livemode)
            .first()
        )
        if refund is None:
            raise missing("refund", refund_id)
        refund.metadata = merged(refund.metadata, metadata)
        movement = Movement(tenant.livemode, at)
        movement.update(refund, "metadata")
        movement.tell("refund.updated", tenant, resources.refund(refund))
        movement.commit()
    return refund


def cancel(*, tenant: Tenant, refund_id: str) -> Refund:
    """Refuse to cancel: no rail lets go of a refund that it has been asked for.

    Raises:
        Missing: If the merchant has no such refund.
        InvalidRequest: Always otherwise; only refunds that wait for the payer's action
            can be canceled, and card refunds never do.
    """
    refund = queries.refund(tenant, refund_id)
    raise InvalidRequest(
        f"Refund {refund_id} has a status of {refund.status}. Only refunds with a status of "
        "requires_action can be canceled.",
        param="refund",
    )


def repair(*, at: datetime, older_than: timedelta = timedelta(seconds=5)) -> int:
    """Ask the rails what became of every refund without a last word.

    Args:
        at: The moment, in UTC.
        older_than: How long a refund may be on its way before it is asked after.

    Returns:
        How many refunds have their answer now.
    """
    waiting = (
        Refund.objects.filter(pending_since__lt=at - older_than)
        .select_related("charge__payment_method")
        .order_by("pending_since")
    )
    answered = 0
    for refund in waiting[:100]:
        try:
            rail = registry.get(refund.charge.processor)
            outcome = rail.find(refund.id) or rail.refund(_request(refund, refund.charge))
            settled = settle(refund.id, outcome, at=at)
        except ProcessorUnavailable:
            continue
        except Exception:
            # One that somebody must look at does not keep the others waiting.
            logger.exception("%s could not be settled; it stays as it is.", refund.id)
            continue
        answered += settled.status != RefundStatus.PENDING
    return answered


def _resume(tenant: Tenant, refund_id: str, *, at: datetime) -> Refund | None:
    refund = (
        Refund.objects.select_related("charge__payment_method")
        .filter(id=refund_id, account_id=tenant.account_id, livemode=tenant.livemode)
        .first()
    )
    if refund and refund.pending_since:
        return _finish(refund, refund.charge, at=at)
    return refund


def _finish(refund: Refund, charge: Charge, *, at: datetime) -> Refund:
    try:
        outcome = registry.get(charge.processor).refund(_request(refund, charge))
    except ProcessorUnavailable:
        return refund
    return settle(refund.id, outcome, at=at)


def _request(refund: Refund, charge: Charge) -> FollowUp:
    return FollowUp(
        key=refund.id,
        charge_key=charge.id,
        amount=refund.amount,
        currency=refund.currency,
        instrument=charge.payment_method.instrument,
    )


def _refundable(tenant: Tenant, charge_id: str | None, intent_id: str | None) -> Charge:
    require_transaction()
    if charge_id is None:
        if intent_id is None:
            raise InvalidRequest(
                "One of the following params should be provided for this request: payment_intent "
                "or charge.",
                code="parameter_missing",
            )
        intent = queries.payment_intent(tenant, intent_id, param="payment_intent")
        if intent.latest_charge_id is None:
            raise InvalidRequest(
                f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge_id = intent.latest_charge_id
    charge = charges.locked(tenant, charge_id, param="charge")
    if charge.status != ChargeStatus.SUCCEEDED or not charge.is_captured:
        raise InvalidRequest(
            f"Charge {charge.id} has not been captured, so there is nothing to refund.",
            code="charge_not_refundable",
            param="charge",
        )
    return charge


def _amount(charge: Charge, amount: int | None) -> int:
    left = charge.amount_captured - charge.amount_refunded
    if left == 0:
        raise InvalidRequest(
            f"Charge {charge.id} has already been refunded.", code="charge_already_refunded"
        )
    wanted = left if amount is None else amount
    if wanted > left:
        raise InvalidRequest(
            f"Refund amount ({wanted} {charge.currency}) is greater than unrefunded amount on "
            f"charge ({left} {charge.currency}).",
            code="amount_too_large",
            param="amount",
        )
    return wanted


def _check_flags(charge: Charge, refund: Refund) -> None:
    if refund.reverse_transfer and charge.transfer_id is None:
        raise InvalidRequest(
            "Cannot reverse a transfer: this charge has no transfer of its own.",
            param="reverse_transfer",
        )
    if refund.refund_application_fee and charge.application_fee_id is None:
        raise InvalidRequest(
            "Cannot refund an application fee: this charge has none.",
            param="refund_application_fee",
        )


def _reserve(charge: Charge, refund: Refund, at: datetime) -> Entry:
    lots.lock_source(charge.id)
    lot = lots.find(
        owner=charge.account_id,
        source=charge.id,
        day=charge.available_on,
        currency=charge.currency,
        livemode=charge.livemode,
    )
    return Entry(
        rule=rules.REFUND_RESERVED,
        source=refund.id,
        group=charge.payment_intent_id,
        currency=refund.currency,
        debit_owner=charge.account_id,
        credit_owner=charge.account_id,
        debits=lots.taken_from(lot, refund.amount),
        credits=(Part(REFUNDS_IN_TRANSIT, refund.amount),),
        lines=(
            Line(
                id=str(refund.balance_transaction_id),
                owner=charge.account_id,
                type="refund",
                amount=-refund.amount,
                source=refund.id,
                available_on=lot.available_on or at.date(),
            ),
        ),
    )


def _confirm(movement: Movement, charge: Charge, refund: Refund) -> None:
    refund.move_to(RefundStatus.SUCCEEDED)
    movement.post(
        Entry(
            rule=rules.REFUND_CONFIRMED,
            source=refund.id,
            group=charge.payment_intent_id,
            currency=refund.currency,
            debit_owner=charge.account_id,
            credit_owner=charge.processor,
            debits=(Part(REFUNDS_IN_TRANSIT, refund.amount),),
            credits=(Part(PROCESSOR, refund.amount),),
        )
    )
    if charge.transfer_id and (refund.reverse_transfer or refund.refund_application_fee):
        reversal = charge_refunds.share(
            movement,
            charge_refunds.Shared(
                tenant=refund.tenant,
                transfer_id=charge.transfer_id,
                fee_id=charge.application_fee_id,
                refund_id=refund.id,
                captured=charge.amount_captured,
                reversed_so_far=_so_far(refund, "reverse_transfer"),
                fee_refunded_so_far=_so_far(refund, "refund_application_fee"),
            ),
        )
        refund.transfer_reversal_id = reversal.id if reversal else None
    movement.update(
        refund, "status", "pending_since", "processor_reference", "transfer_reversal_id"
    )
    movement.tell("charge.refunded", charge.tenant, resources.charge(charge))
    movement.tell("refund.updated", charge.tenant, resources.refund(refund))
    movement.tell("charge.refund.updated", charge.tenant, resources.refund(refund))


def _so_far(refund: Refund, flag: str) -> int:
    """Add up this refund and the confirmed ones of its charge that have the flag; 0 without it."""
    if not getattr(refund, flag):
        return 0
    earlier = Refund.objects.filter(
        Q(charge_id=refund.charge_id, status=RefundStatus.SUCCEEDED, **{flag: True})
    ).aggregate(total=Sum("amount"))
    return refund.amount + (earlier["total"] or 0)


def _restore(movement: Movement, charge: Charge, refund: Refund) -> None:
    refund.move_to(RefundStatus.FAILED)
    refund.failure_reason = "declined"
    refund.failure_balance_transaction_id = new_id("txn")
    charge.amount_refunded -= refund.amount
    lots.lock_source(charge.id)
    lot = lots.find(
        owner=charge.account_id,
        source=charge.id,
        day=charge.available_on,
        currency=charge.currency,
        livemode=charge.livemode,
    )
    movement.post(
        Entry(
            rule=rules.REFUND_CANCELED,
            source=refund.id,
            group=charge.payment_intent_id,
            currency=refund.currency,
            debit_owner=charge.account_id,
            credit_owner=charge.account_id,
            debits=(Part(REFUNDS_IN_TRANSIT, refund.amount),),
            credits=lots.given_to(lot, refund.amount),
            lines=(
                Line(
                    id=refund.failure_balance_transaction_id,
                    owner=charge.account_id,
                    type="refund_failure",
                    amount=refund.amount,
                    source=refund.id,
                    available_on=lot.available_on or movement.at.date(),
                ),
            ),
        )
    )
    movement.update(charge, "amount_refunded")
    movement.update(
        refund, "status", "pending_since", "processor_reference", "failure_reason",
        "failure_balance_transaction_id",
    )  # fmt: skip
    movement.tell("refund.failed", charge.tenant, resources.refund(refund))
    movement.tell("charge.refund.updated", charge.tenant, resources.refund(refund))
