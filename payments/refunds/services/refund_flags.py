"""Checks of who bears a refund."""

from collections import Counter

from connect.transfers import queries as transfer_queries
from connect.transfers.services.refunds import named_reversals
from core.errors import InvalidRequest
from payments import method_types
from payments.models import Charge, Refund
from payments.states import OPEN_REFUNDS


def check(charge: Charge, refund: Refund) -> None:
    """Refuse a refund whose flags its charge does not allow.

    Raises:
        InvalidRequest: If there is no transfer, none of it left, no application fee, or less left
            than is wanted.
    """
    if refund.reverse_transfer and charge.transfer_id is None:
        raise InvalidRequest(
            "Cannot reverse a transfer: this charge has no transfer of its own. For transfers "
            "with this charge as their source_transaction, pass transfer_reversals.",
            param="reverse_transfer",
        )
    if refund.reverse_transfer:
        _check_left(charge)
    # A charge that was shared without a fee has none to return, and that is no mistake.
    has_none = charge.application_fee_id is None and charge.transfer_id is None
    if refund.refund_application_fee and has_none:
        raise InvalidRequest(
            "Cannot refund an application fee: this charge has none.",
            param="refund_application_fee",
        )
    if refund.transfer_reversals is None:
        return
    if refund.reverse_transfer:
        raise InvalidRequest(
            "You may only specify one of these parameters: reverse_transfer, transfer_reversals.",
            code="parameters_exclusive",
            param="transfer_reversals",
        )
    named_reversals.check(
        charge.platform,
        charge.id,
        refund.transfer_reversals,
        refund_amount=refund.amount,
        promised=_reserved_amounts(charge),
    )


def address_for(charge: Charge, given: str | None) -> str | None:
    """Return where a payer is written to who has to give an account; None if nobody is.

    Raises:
        InvalidRequest: If nobody knows the payer's address.
    """
    if given or not method_types.of(charge.method_type).refund_asks_payer:
        return given
    known: str | None = charge.billing_details.get("email")
    if not known:
        raise InvalidRequest(
            f"A {charge.method_type} is refunded to an account that its payer gives: pass "
            "instructions_email, to which the processor writes.",
            code="parameter_missing",
            param="instructions_email",
        )
    return known


def _check_left(charge: Charge) -> None:
    """Refuse to reverse a transfer that was fully reversed otherwise than by refunds.

    Refunds alone leave nothing only where the rest is less than a minor unit.
    """
    transfer = transfer_queries.transfer(charge.platform, str(charge.transfer_id))
    by_refunds = transfer_queries.amount_reversed_by_refunds(transfer)
    if transfer.amount_reversed == transfer.amount > by_refunds:
        raise InvalidRequest(
            f"Transfer {transfer.id} is already fully reversed: its seller has nothing of this "
            "charge to give back. Refund without reverse_transfer.",
            param="reverse_transfer",
        )


def _reserved_amounts(charge: Charge) -> dict[str, int]:
    """Return what pending refunds will reverse of each transfer, in minor units."""
    unsettled = Refund.objects.filter(
        account_id=charge.account_id,
        livemode=charge.livemode,
        status__in=OPEN_REFUNDS,
        pending_since__isnull=False,
        transfer_reversals__isnull=False,
    ).exclude(transfer_reversals=named_reversals.PROPORTIONAL)
    promised: Counter[str] = Counter()
    for named in unsettled.values_list("transfer_reversals", flat=True):
        promised.update(named_reversals.amounts(named))
    return promised
