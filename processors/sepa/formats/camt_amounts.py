"""What the payments of an entry moved: their own amounts, charges, and what neither explains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.etree.ElementTree import Element

from processors.sepa.formats import reading
from processors.sepa.formats.camt_details import Detail, Moved

# From version 04 on a payment has an amount of its own; before, only among the others.
_OWN: Final = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt")
_INSTRUCTED: Final = "AmtDtls/InstdAmt/Amt"


@dataclass(frozen=True, slots=True)
class Charges:
    """What banks took of an entry or of a payment, in minor units of the entry's currency.

    Args:
        included: What the bank says to be in the amount, or does not say of.
        apart: What it says not to be in it.
    """

    included: int
    apart: int


@dataclass(frozen=True, slots=True)
class AmountDetail:
    """A payment and what a bank tells of its amount, in the entry's currency.

    Args:
        detail: The detail, with the entry's amount.
        own: What it moved, before or after charges; None if not told.
        instructed: What was once sent; None if not told.
        charges: The charges of this payment alone.
    """

    detail: Detail
    own: int | None
    instructed: int | None
    charges: Charges


@dataclass(frozen=True, slots=True)
class Settled:
    """An entry's payments, with what each moved on the account.

    Args:
        details: None if the bank does not tell what each of them moved, or contradicts itself.
        rest: What the entry moved besides, such as charges: minor units, negative if it went out.
        named: What the payments are called of which the bank does not tell the amounts.
    """

    details: tuple[Detail, ...] = ()
    rest: int = 0
    named: tuple[str, ...] = ()


def read_amount(element: Element, detail: Detail) -> AmountDetail:
    """Read what a payment says of its amount.

    Args:
        element: The `TxDtls`.
        detail: The rest that was read of it.
    """
    return AmountDetail(
        detail,
        own=next(_in_currency(element, _OWN, detail.currency), None),
        instructed=next(_in_currency(element, (_INSTRUCTED,), detail.currency), None),
        charges=charges(element, detail.currency),
    )


def charges(element: Element, currency: str) -> Charges:
    """Read the charges of an entry or payment; those in other currencies only inform."""
    included, apart, has_records = 0, 0, False
    for one in element.findall("Chrgs/Rcrd") or element.findall("Chrgs"):
        for amount in _in_currency(one, ("Amt",), currency):
            has_records = True
            signed = -amount if reading.text(one, "CdtDbtInd") == "CRDT" else amount
            if reading.text(one, "ChrgInclInd") in ("false", "0"):
                apart += signed
            else:
                included += signed
    if not has_records:
        included = next(_in_currency(element, ("Chrgs/TtlChrgsAndTaxAmt",), currency), 0)
    return Charges(included, apart)


def settle(payments: Sequence[AmountDetail], entry: Moved, around: Charges) -> Settled:
    """Find out what each payment of an entry moved.

    Charges are taken off what came in, if that gives the entry. What else it moved besides its
    payments is left over: in the same direction, or as much as the charges are.

    Args:
        payments: The payments, in the order of the entry.
        entry: What it moved as a whole.
        around: Charges that the entry tells for all of them.
    """
    details = _with_amounts(payments, entry)
    if details is None:
        return _unsettled(payments)
    for candidate in _candidates(payments, details, around):
        if sum(one.signed for one in candidate) == entry.signed:
            return Settled(candidate)
    rest = entry.signed - sum(one.signed for one in details)
    is_more = rest * entry.signed > 0 and all(one.signed * entry.signed >= 0 for one in details)
    if is_more or abs(rest) in _sums(payments, around):
        return Settled(details, rest)
    if len(payments) == 1:
        return Settled((payments[0].detail,))
    return _unsettled(payments)


def _with_amounts(payments: Sequence[AmountDetail], entry: Moved) -> tuple[Detail, ...] | None:
    """Return the payments with the amounts that are told; None if more than one tells none."""
    if len(payments) == 1:
        (only,) = payments
        return (_with(only, entry.amount if only.own is None else only.own),)
    amounts = [one.instructed if one.own is None else one.own for one in payments]
    if amounts.count(None) > 1:
        return None
    if None in amounts:
        missing = amounts.index(None)
        others = sum(
            _with(one, amount).signed
            for one, amount in zip(payments, amounts, strict=True)
            if amount is not None
        )
        left = entry.signed - others
        amounts[missing] = left if payments[missing].detail.is_credit else -left
    if any(amount is None or amount < 0 for amount in amounts):
        return None
    return tuple(_with(one, amount or 0) for one, amount in zip(payments, amounts, strict=True))


def _candidates(
    payments: Sequence[AmountDetail], details: tuple[Detail, ...], around: Charges
) -> Iterator[tuple[Detail, ...]]:
    """Yield the payments as they are told, and with charges taken off what came in."""
    yield details
    several = [[one.charges for one in payments]]
    if len(payments) == 1:
        several.append([around])
    for kept in several:
        for is_whole in (False, True):
            charged = tuple(
                replace(one, amount=one.amount - of.included - (of.apart if is_whole else 0))
                if one.is_credit
                else one
                for one, of in zip(details, kept, strict=True)
            )
            if all(one.amount >= 0 for one in charged):
                yield charged


def _sums(payments: Sequence[AmountDetail], around: Charges) -> set[int]:
    """Return what all charges may come to, however they are counted; never nothing."""
    included = sum(one.charges.included for one in payments)
    apart = sum(one.charges.apart for one in payments)
    sums = {included, included + apart, around.included, around.included + around.apart}
    return {abs(one) for one in sums} - {0}


def _unsettled(payments: Sequence[AmountDetail]) -> Settled:
    return Settled(named=tuple(one.detail.end_to_end_id or "" for one in payments))


def _with(one: AmountDetail, amount: int) -> Detail:
    return replace(one.detail, amount=amount, charges=one.charges.included)


def _in_currency(element: Element, paths: Sequence[str], currency: str) -> Iterator[int]:
    for path in paths:
        amount, unit = reading.optional_amount(element, path)
        if amount is not None and unit == currency:
            yield amount
