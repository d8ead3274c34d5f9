"""Drafts of refunds: what is wanted, checked against its charge."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connect.transfers.services.refunds.named_reversals import Reversals
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from core.money import Money, check_step
from core.tenant import Tenant
from payments import method_types, queries
from payments.charges.services import charges
from payments.models import Charge, Refund
from payments.refunds.services import refund_flags
from payments.states import ChargeStatus


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What is to be refunded, and who bears it.

    Args:
        charge_id: `ch_...`; or
        intent_id: `pi_...`, whose charge it is then.
        amount: Minor units; None for all that is left.
        reverse_transfer: True to let the seller bear its part.
        refund_application_fee: True to return the platform's cut in proportion.
        transfer_reversals: What the sellers bear to whom parts of the charge were transferred:
            `"proportional"`, `"none"`, or a list of `transfer` and `amount`.
    """

    charge_id: str | None = None
    intent_id: str | None = None
    amount: int | None = None
    reverse_transfer: bool = False
    refund_application_fee: bool = False
    transfer_reversals: Reversals | None = None


def draft(
    tenant: Tenant, request: RefundRequest, *, refund_id: str, at: datetime
) -> tuple[Charge, Refund]:
    """Build the requested refund, without saving it, and lock its charge.

    Raises:
        Missing: If the merchant has no such charge.
        InvalidRequest: If more is wanted than is left, or there is nothing to reverse.
    """
    charge = _refundable(tenant, request.charge_id, request.intent_id, at)
    refund = Refund(
        id=refund_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        charge=charge,
        payment_intent_id=None if charge.is_standalone else charge.payment_intent_id,
        amount=_amount(charge, request.amount),
        currency=charge.currency,
        reverse_transfer=request.reverse_transfer,
        refund_application_fee=request.refund_application_fee,
        transfer_reversals=None
        if request.transfer_reversals == "none"
        else request.transfer_reversals,
        balance_transaction_id=new_id("txn"),
        pending_since=at,
        created_at=at,
    )
    refund_flags.check(charge, refund)
    return charge, refund


def _refundable(
    tenant: Tenant, charge_id: str | None, intent_id: str | None, at: datetime
) -> Charge:
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
    charge = charges.lock(tenant, charge_id, param="charge")
    if charge.status != ChargeStatus.SUCCEEDED or not charge.is_captured:
        raise InvalidRequest(
            f"Charge {charge.id} has not been captured, so there is nothing to refund.",
            code="charge_not_refundable",
            param="charge",
        )
    if charge.amount_disputed:
        raise InvalidRequest(
            f"Charge {charge.id} has been charged back; you cannot issue a refund. Answer its "
            "dispute, or accept it: the payer has the money already.",
            code="charge_disputed",
            param="charge",
        )
    _check_age(charge, at)
    return charge


def _check_age(charge: Charge, at: datetime) -> None:
    days = method_types.of(charge.method_type).refund_days
    paid_at = charge.captured_at
    if days is not None and paid_at is not None and at - paid_at > timedelta(days=days):
        raise InvalidRequest(
            f"Charge {charge.id} was paid more than {days} days ago, and a {charge.method_type} "
            "cannot be refunded any more. Pay the payer back in another way.",
            code="charge_not_refundable",
            param="charge",
        )


def _amount(charge: Charge, amount: int | None) -> int:
    left = charge.amount_captured - charge.amount_refunded
    if left == 0:
        raise InvalidRequest(
            f"Charge {charge.id} has already been refunded.", code="charge_already_refunded"
        )
    requested = left if amount is None else amount
    if requested > left:
        raise InvalidRequest(
            f"Refund amount ({Money(requested, charge.currency)}) is greater than unrefunded "
            f"amount on charge ({Money(left, charge.currency)}).",
            code="amount_too_large",
            param="amount",
        )
    check_step(requested, charge.currency, param="amount", left=left)
    return requested
