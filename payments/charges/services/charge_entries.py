"""The ledger entries of a charge."""

from datetime import datetime

from connect.transfers.services import application_fees
from connect.transfers.services.application_fees import FeeTerms
from connect.transfers.services.captured_funds import ChargedFunds
from ledger import rules
from ledger.chart import AVAILABLE, PROCESSOR
from ledger.entries import Entry, Line, Part
from payments.models import Charge


def capture(charge: Charge, funds: ChargedFunds, cut: FeeTerms | None, at: datetime) -> Entry:
    """Book a capture: what the rail owes us now, and what of it is whose."""
    fee_details: tuple[dict[str, object], ...] = ()
    if cut:
        fee_details = (application_fees.fee_details(cut.platform_id, cut.amount, charge.currency),)
    if charge.fee_amount and not charge.fee_payer_id:
        fee_details = (
            *fee_details,
            {
                "amount": charge.fee_amount,
                "application": None,
                "currency": charge.currency,
                "description": "Processing fees",
                "type": "stripe_fee",
            },
        )
    return Entry(
        rule=rules.CHARGE_CAPTURED,
        source=charge.id,
        group=funds.group,
        currency=charge.currency,
        debit_owner=charge.processor,
        credit_owner=charge.account_id,
        debits=(Part(PROCESSOR, charge.amount_captured),),
        credits=funds.bucket(charge.amount_captured),
        lines=(
            Line(
                id=str(charge.balance_transaction_id),
                owner=charge.account_id,
                type="charge",
                amount=charge.amount_captured,
                fee=sum(int(str(detail["amount"])) for detail in fee_details),
                fee_details=fee_details,
                source=charge.id,
                available_on=charge.available_on or at.date(),
                description=charge.description,
            ),
        ),
    )


def processing_fee(charge: Charge, funds: ChargedFunds, left: int, at: datetime) -> Entry:
    """Take the processor's fee from what is left of the charge, then from what is available.

    The account sees it in the charge's own line, a platform that bears it in a line of its own.
    """
    fee = charge.fee_amount
    from_charge = min(fee, left)
    parts = funds.bucket(from_charge) if from_charge else ()
    if fee > from_charge:
        lot = charge.id if charge.available_on else None
        parts = (*parts, Part(AVAILABLE, fee - from_charge, lot=lot))
    payer = charge.fee_payer_id
    lines: tuple[Line, ...] = ()
    if payer:
        lines = (
            Line(
                owner=payer,
                type="stripe_fee",
                amount=-fee,
                source=charge.id,
                available_on=charge.available_on or at.date(),
                description=f"Processing fees of {charge.id}",
            ),
        )
    return Entry(
        rule=rules.PLATFORM_PROCESSOR_FEE if payer else rules.PROCESSOR_FEE,
        source=charge.id,
        group=funds.group,
        currency=charge.currency,
        debit_owner=payer or charge.account_id,
        credit_owner=charge.processor,
        debits=parts,
        credits=(Part(PROCESSOR, fee),),
        lines=lines,
    )
