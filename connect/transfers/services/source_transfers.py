"""Transfers out of one charge: how much is left of it, and where that money is."""

from collections.abc import Sequence
from dataclasses import dataclass

from connect.models import Transfer
from connect.transfers import queries as transfer_queries
from connect.transfers.services import conversions
from connect.transfers.services.conversions import Quote
from core.errors import InvalidRequest, missing
from core.money import Money
from ledger import queries as ledger_queries
from ledger import rules
from ledger.entries import Part
from ledger.posting import lots
from ledger.queries import SourceFunds


class AmountTooLarge(InvalidRequest):
    """More was asked for than there is left."""

    default_code = "amount_too_large"


@dataclass(frozen=True, slots=True)
class Move:
    """A part of a transfer, as one entry moves it.

    Args:
        rule: A rule of transfers.
        debits: Buckets of the platform.
        credits: Buckets of the seller.
    """

    rule: rules.Rule
    debits: Sequence[Part]
    credits: Sequence[Part]


def check(transfer: Transfer, source: str) -> SourceFunds:
    """Lock the source charge of a transfer, and check that enough of it is left.

    Args:
        transfer: A transfer that is not written yet.
        source: The charge, `ch_...`.

    Raises:
        Missing: If the platform has no such charge.
        InvalidRequest: If it failed, or is in another currency.
        AmountTooLarge: If the charge's transfers would exceed what was captured.
    """
    lots.lock_source(source)
    funds = ledger_queries.funds_of(source)
    if funds is None or funds.owner != transfer.account_id or funds.livemode != transfer.livemode:
        raise missing("charge", source, param="source_transaction")
    if funds.has_failed:
        raise InvalidRequest(
            f"Charge {source} has failed: its money went back to the payer.",
            param="source_transaction",
        )
    if funds.currency != transfer.currency:
        raise InvalidRequest(
            f"The currency of the source's balance transaction ({funds.currency}) must be the "
            f"same as the transfer currency ({transfer.currency}).",
            param="currency",
        )
    left = funds.captured - transfer_queries.transferred_amount(source)
    if transfer.amount > left:
        raise AmountTooLarge(
            "Transfers of a charge may not exceed what was captured "
            f"({Money(funds.captured, funds.currency)}). What is left for further transfers is "
            f"{Money(left, funds.currency)}.",
            param="amount",
        )
    return funds


def moves(transfer: Transfer, funds: SourceFunds, quote: Quote | None = None) -> list[Move]:
    """Divide a transfer between the charge's lot and the available balance.

    Of the captured amount the platform has what the processing left. A transfer that reaches
    into the fee takes that part by a rule of its own, which may leave the platform owing it.

    Args:
        transfer: A checked transfer that is not written yet.
        funds: The charge's money, of `check`.
        quote: The converted amount, if the seller gets another currency.

    Raises:
        InvalidRequest: If there is less of that than one minor unit for each part.
    """
    source, day = str(transfer.source_transaction), transfer.available_on
    ours, sellers = (
        lots.find(
            owner=owner, source=source, day=day, currency=currency, livemode=transfer.livemode
        )
        for owner, currency in (
            (transfer.account_id, transfer.currency),
            (transfer.destination_id, quote.currency if quote else transfer.currency),
        )
    )
    fee_part = _processing_fee_part(transfer, funds)
    main, rest = rules.TRANSFER_FROM_SOURCE, rules.TRANSFER_OF_SOURCE_FEE
    if quote:
        main, rest = rules.EXCHANGED_TRANSFER, rules.EXCHANGED_SOURCE_FEE
    amounts = (transfer.amount - fee_part, fee_part)
    found = []
    for rule, amount, seller_amount in zip(
        (main, rest), amounts, _seller_amounts(transfer, amounts, quote), strict=True
    ):
        if amount:
            # Whatever the platform has left of it, the seller has all on the charge's day.
            debits, credits = (
                lots.debit_parts(ours, amount),
                lots.credit_parts(sellers, seller_amount),
            )
            found.append(Move(rule, debits, credits))
            ours, sellers = ours.after_debit(amount), sellers.after_credit(seller_amount)
    return found


def _seller_amounts(
    transfer: Transfer, amounts: tuple[int, int], quote: Quote | None
) -> tuple[int, int]:
    """Convert each part of a transfer to the seller's currency."""
    if quote is None:
        return amounts
    rest = quote.amount * amounts[1] // transfer.amount
    if amounts[1]:
        # An entry moves something on both sides.
        rest = max(rest, 1)
    if amounts[0] and quote.amount == rest:
        raise conversions.too_small_error(transfer.amount, transfer.currency, quote.currency)
    return quote.amount - rest, rest


def _processing_fee_part(transfer: Transfer, funds: SourceFunds) -> int:
    """Return the part of a transfer that reaches into the charge's processing fee."""
    before = transfer_queries.transferred_amount(str(transfer.source_transaction))
    net = funds.captured - ledger_queries.processing_fee_of(funds.group)
    return max(before + transfer.amount - net, 0) - max(before - net, 0)
