"""Entries that give back what was exchanged."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.ids import new_id
from ledger import rules
from ledger.chart import PROCESSOR, REFUNDS_IN_TRANSIT
from ledger.entries import Entry, Line, Part
from ledger.posting.exchange import Amount, exchange


def reversal(
    *,
    reversal_id: str,
    refund_id: str,
    group: str,
    taken: Amount,
    given: Amount,
    rate: Decimal,
    lines: tuple[str, str] | None = None,
    rule: rules.Rule = rules.EXCHANGED_TRANSFER_REVERSAL,
) -> Entry:
    """Make the entry that takes a part of such a transfer back at its own amounts (rule 23).

    Args:
        reversal_id: `trr_...`, the platform's side.
        refund_id: `pyr_...`, the seller's side.
        group: The transfer's.
        taken: What the seller gives back; see `share_of`.
        given: What the platform has again.
        rate: The rate of the transfer.
        lines: The ids of the seller's and the platform's balance transactions, if they are known.
        rule: Another one if a refund takes it back.
    """
    return exchange(
        rule,
        reversal_id,
        group,
        taken,
        given,
        rate,
        ("payment_refund", refund_id),
        ("transfer_refund", reversal_id),
        lines,
    )


def restore(
    *, reversal_id: str, refund_id: str, group: str, taken: Amount, given: Amount, rate: Decimal
) -> Entry:
    """Make the entry that gives a seller back what a failed refund took of it (rule 38).

    Args:
        reversal_id: `trr_...`, the platform's side.
        refund_id: `pyr_...`, the seller's side.
        group: The transfer's.
        taken: What the platform gives again.
        given: What the seller has again.
        rate: The rate of the transfer.
    """
    return exchange(
        rules.REFUND_EXCHANGED_RESTORED,
        reversal_id,
        group,
        taken,
        given,
        rate,
        ("adjustment", reversal_id),
        ("adjustment", refund_id),
        None,
    )


def fee_refund(
    *, refund_id: str, group: str, taken: Amount, given: Amount, rate: Decimal, line: str
) -> Entry:
    """Make the entry that returns a part of an exchanged application fee (rule 33).

    Args:
        refund_id: `fr_...`.
        group: The fee's.
        taken: What the platform gives back.
        given: What the seller has again.
        rate: The rate of the fee.
        line: The id of the platform's balance transaction.
    """
    what = ("application_fee_refund", refund_id)
    return exchange(
        rules.EXCHANGED_FEE_REFUND,
        refund_id,
        group,
        taken,
        given,
        rate,
        what,
        what,
        (line, new_id("txn")),
    )


def fee_restoration(
    *, refund_id: str, group: str, taken: Amount, given: Amount, rate: Decimal
) -> Entry:
    """Make the entry that gives a platform its cut again, because a refund failed (rule 38).

    Args:
        refund_id: `fr_...`.
        group: The fee's.
        taken: What the seller gives again.
        given: What the platform has again.
        rate: The rate of the fee.
    """
    what = ("adjustment", refund_id)
    return exchange(
        rules.REFUND_EXCHANGED_FEE_RESTORED, refund_id, group, taken, given, rate, what, what, None
    )


def refund_difference(
    *,
    refund_id: str,
    group: str,
    owner: str,
    processor: str,
    currency: str,
    reserved: int,
    settled: int,
    parts: Sequence[Part],
    day: date,
) -> Entry | None:
    """Make the entry for a refund that the processor settled at another amount (rule 41).

    The processor's amount is booked. The charge's owner bears what it took beyond what was
    reserved, and has what it took less.

    Args:
        refund_id: `re_...`.
        group: The charge's.
        owner: The charge's.
        processor: Who settled it.
        currency: The settlement currency.
        reserved: What was set aside, in minor units.
        settled: What the processor took.
        parts: The buckets of the owner for the difference.
        day: On which the difference is, or was, available.

    Returns:
        The entry; None if there is no difference.
    """
    difference = settled - reserved
    if difference == 0:
        return None
    is_loss = difference > 0
    transit = (Part(REFUNDS_IN_TRANSIT, -difference),)
    return Entry(
        rule=rules.REFUND_EXCHANGE_DIFFERENCE,
        source=refund_id,
        group=group,
        currency=currency,
        debit_owner=owner,
        credit_owner=processor if is_loss else owner,
        debits=parts if is_loss else transit,
        credits=(Part(PROCESSOR, difference),) if is_loss else parts,
        lines=(Line(owner, "adjustment", -difference, refund_id, day),),
    )
