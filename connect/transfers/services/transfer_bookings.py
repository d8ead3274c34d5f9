"""Bookings of transfers: the entry, its lines, and the seller's payment."""

from collections.abc import Sequence

from connect.models import ApplicationFee, SellerPayment, Transfer
from connect.transfers import resources as transfer_resources
from connect.transfers.services import (
    application_fees,
)
from connect.transfers.services.conversions import Quote
from connect.transfers.services.source_transfers import Move
from core.ids import new_id
from ledger.entries import Entry, Line
from operations.unit_of_work import UnitOfWork


def book(
    work: UnitOfWork,
    transfer: Transfer,
    *moves: Move,
    group: str,
    fee: ApplicationFee | None = None,
    others: Sequence[Line] = (),
    quote: Quote | None = None,
) -> None:
    """Add a transfer, its seller payment and their entries to the unit of work.

    Args:
        work: The unit of work.
        transfer: A transfer that is not written yet.
        moves: The parts of the amount, one for each entry.
        group: The group of the entries.
        fee: The application fee, if there is one.
        others: Further lines of the first entry.
        quote: The converted amount, if the seller gets another currency.
    """
    payment = _build_payment(transfer, fee)
    if quote:
        payment.amount, payment.currency = quote.amount, quote.currency
    work.insert(transfer, payment)
    work.emit("transfer.created", transfer.tenant, transfer_resources.transfer(transfer, []))
    work.emit(
        "payment.created", payment.tenant, transfer_resources.seller_payment(payment, transfer)
    )
    # Each owner is shown one line of it, however many entries there are.
    lines = (*others, *_build_lines(transfer, payment, fee, quote))
    for move in moves:
        work.post(
            Entry(
                rule=move.rule,
                source=transfer.id,
                group=group,
                currency=transfer.currency,
                received=quote.currency if quote else None,
                debit_owner=transfer.account_id,
                credit_owner=transfer.destination_id,
                debits=move.debits,
                credits=move.credits,
                lines=lines,
            )
        )
        lines = ()


def _build_lines(
    transfer: Transfer, payment: SellerPayment, fee: ApplicationFee | None, quote: Quote | None
) -> tuple[Line, ...]:
    day = transfer.available_on or transfer.created_at.date()
    fee_amount = payment.application_fee_amount or 0
    details = None
    if fee:
        details = application_fees.fee_details(fee.account_id, fee_amount, payment.currency)
    return (
        Line(
            id=transfer.balance_transaction_id,
            owner=transfer.account_id,
            type="transfer",
            amount=-transfer.amount,
            source=transfer.id,
            available_on=day,
            description=transfer.description,
            exchange_rate=quote.rate if quote else None,
        ),
        Line(
            id=payment.balance_transaction_id,
            owner=transfer.destination_id,
            type="payment",
            amount=payment.amount,
            currency=payment.currency,
            fee=fee_amount,
            fee_details=(details,) if details else (),
            source=payment.id,
            available_on=day,
            exchange_rate=quote.rate if quote else None,
        ),
    )


def _build_payment(transfer: Transfer, fee: ApplicationFee | None) -> SellerPayment:
    return SellerPayment(
        id=transfer.destination_payment_id,
        account_id=transfer.destination_id,
        livemode=transfer.livemode,
        transfer=transfer,
        amount=transfer.amount,
        currency=transfer.currency,
        source_transfer_account_id=transfer.account_id,
        application_fee_id=fee.id if fee else None,
        application_fee_amount=fee.payment_amount or fee.amount if fee else None,
        balance_transaction_id=new_id("txn"),
        metadata={},
        created_at=transfer.created_at,
    )
