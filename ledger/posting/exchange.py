"""Entries between currencies. Both amounts are kept; none is ever worked out from a rate.

An exchange goes through the FX position: the operator gives one currency for another.
What the position then holds is exchanged for real later, and the rest is gain or loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.ids import new_id
from core.money import allocate
from ledger import rules
from ledger.chart import AVAILABLE, BANK, FX_POSITION
from ledger.entries import OPERATOR, Entry, Line, Part


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount that one side of an exchange gives or gets.

    Args:
        owner: `acct_...`.
        currency: Lower-case ISO code.
        parts: Of which buckets, in minor units.
        available_on: The day on which it is, or was, usable.
    """

    owner: str
    currency: str
    parts: Sequence[Part]
    available_on: date

    @property
    def total(self) -> int:
        """Return minor units."""
        return sum(part.amount for part in self.parts)


def transfer(
    *,
    transfer_id: str,
    payment_id: str,
    group: str,
    taken: Amount,
    given: Amount,
    rate: Decimal,
    lines: tuple[str, str] | None = None,
) -> Entry:
    """Make the entry of a transfer that the seller gets in another currency (rule 20).

    Args:
        transfer_id: `tr_...`, the platform's side.
        payment_id: `py_...`, the seller's side.
        group: The business object that its entries belong to.
        taken: What the platform gives.
        given: What the seller gets.
        rate: The rate of the quote, shown to both; no amount is worked out from it.
        lines: The ids of the platform's and the seller's balance transactions, if they are known.
    """
    return exchange(
        rules.EXCHANGED_TRANSFER,
        transfer_id,
        group,
        taken,
        given,
        rate,
        ("transfer", transfer_id),
        ("payment", payment_id),
        lines,
    )


def margin(*, transfer_id: str, group: str, seller: Amount, platform: Amount) -> Entry:
    """Make the entry of the platform's margin on an exchange, in the seller's currency."""
    return Entry(
        rule=rules.EXCHANGE_MARGIN,
        source=transfer_id,
        group=group,
        currency=seller.currency,
        debit_owner=seller.owner,
        credit_owner=platform.owner,
        debits=seller.parts,
        credits=platform.parts,
        lines=(
            Line(seller.owner, "adjustment", -seller.total, transfer_id, seller.available_on),
            Line(platform.owner, "adjustment", platform.total, transfer_id, platform.available_on),
        ),
    )


def share_of(*, original: int, of: int, reversed_so_far: int, now: int, done: int) -> int:
    """Return how much of the seller's amount a part of a transfer takes back.

    Args:
        original: What the seller got, in its minor units.
        of: What the platform gave, in its own.
        reversed_so_far: What was reversed before, in the platform's.
        now: What is reversed now, in the platform's.
        done: What was taken back before, in the seller's.

    Returns:
        Minor units of the seller's currency. All parts together give exactly `original`.
    """
    return allocate(total=original, part=reversed_so_far + now, whole=of, done=done)


def close(
    *,
    source: str,
    holder: str,
    code: str = BANK,
    bought: tuple[str, int],
    sold: tuple[str, int],
) -> Entry:
    """Make the entry of a real exchange, which makes the position smaller (rule 81).

    Args:
        source: The bank's or processor's own name of it.
        holder: The bank or processor account at which it happened.
        code: `bank` or `processor`.
        bought: Currency and minor units that came.
        sold: Currency and minor units that went.
    """
    return Entry(
        rule=rules.FX_POSITION_CLOSED,
        source=source,
        group=source,
        currency=bought[0],
        received=sold[0],
        debit_owner=holder,
        credit_owner=holder,
        debits=(Part(code, bought[1]),),
        credits=(Part(code, sold[1]),),
    )


def result(*, source: str, platform: str, currency: str, amount: int, at: datetime) -> Entry:
    """Make the entry of the gain, or loss, that a closed position leaves (rule 81).

    Args:
        source: What `closed` was given.
        platform: Who has it, or bears it.
        currency: The base currency.
        amount: Minor units: above zero a gain, below zero a loss.
        at: When.
    """
    is_gain = amount > 0
    position, own = (Part(FX_POSITION, abs(amount)),), (Part(AVAILABLE, abs(amount)),)
    return Entry(
        rule=rules.FX_RESULT,
        source=source,
        group=source,
        currency=currency,
        debit_owner=OPERATOR if is_gain else platform,
        credit_owner=platform if is_gain else OPERATOR,
        debits=position if is_gain else own,
        credits=own if is_gain else position,
        lines=(Line(platform, "adjustment", amount, source, at.date()),),
    )


def exchange(
    rule: rules.Rule,
    source: str,
    group: str,
    taken: Amount,
    given: Amount,
    rate: Decimal,
    giver: tuple[str, str],
    getter: tuple[str, str],
    lines: tuple[str, str] | None,
) -> Entry:
    """Make an entry in which one side gives one currency, and the other gets another.

    Args:
        rule: The rule of the entry.
        source: What it is about.
        group: What belongs together.
        taken: From the giver.
        given: To the getter.
        rate: How much is given for one that is taken.
        giver: The type and the source of the giver's line.
        getter: The type and the source of the getter's line.
        lines: Reserved ids of both lines.
    """
    first, second = lines or (new_id("txn"), new_id("txn"))
    return Entry(
        rule=rule,
        source=source,
        group=group,
        currency=taken.currency,
        received=given.currency,
        debit_owner=taken.owner,
        credit_owner=given.owner,
        debits=taken.parts,
        credits=given.parts,
        lines=(
            Line(
                taken.owner,
                giver[0],
                -taken.total,
                giver[1],
                taken.available_on,
                id=first,
                exchange_rate=rate,
            ),
            Line(
                given.owner,
                getter[0],
                given.total,
                getter[1],
                given.available_on,
                id=second,
                currency=given.currency,
                exchange_rate=rate,
            ),
        ),
    )
