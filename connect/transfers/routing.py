"""How a charge is divided between platform and sellers. Pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.money import split

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that were agreed before the charge.

    Args:
        destination: The seller, `acct_...`; None if all is the merchant's own, but for the cut of
            the platform that charged on its behalf.
        application_fee_amount: Fee style: the platform's cut, in minor units.
        transfer_amount: Amount style: the seller's part, in minor units.
    """

    destination: str | None = None
    application_fee_amount: int | None = None
    transfer_amount: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The amounts that move when the charge is captured.

    Args:
        transfer_amount: Minor units of the transfer to the seller.
        application_fee_amount: Minor units of the platform's fee.
    """

    transfer_amount: int = 0
    application_fee_amount: int = 0


def plan(*, captured: int, terms: Terms) -> Plan:
    """Divide a captured amount by its terms.

    Of a direct charge, which is the seller's own, the platform gets its fee. In fee style the
    whole charge goes to the seller, who pays the fee from it; in
    amount style only the named part goes. Less may be captured than was agreed on,
    so both are capped at what was.

    Args:
        captured: Minor units.
        terms: Fee and transfer amount exclude each other.
    """
    if terms.destination is None:
        return Plan(application_fee_amount=min(terms.application_fee_amount or 0, captured))
    if terms.transfer_amount is not None:
        return Plan(transfer_amount=min(terms.transfer_amount, captured))
    return Plan(
        transfer_amount=captured,
        application_fee_amount=min(terms.application_fee_amount or 0, captured),
    )


@dataclass(frozen=True, slots=True)
class Share:
    """One seller's share of a split, of one of four kinds.

    Args:
        destination: The seller, `acct_...`.
        bps: Ten-thousandths of what is captured.
        amount: Minor units.
        tiers: Up to how many minor units of the captured amount, or None for all above, how many
            ten-thousandths of them: the first tier first.
        is_remainder: True for an equal part of what the others leave.
    """

    destination: str
    bps: int = 0
    amount: int = 0
    tiers: tuple[tuple[int | None, int], ...] = ()
    is_remainder: bool = False


def is_too_much(*, captured: int, shares: Sequence[Share]) -> bool:
    """Tell whether shares add up to more than the amount."""
    fixed = sum(share.amount for share in shares)
    return fixed * _WHOLE + sum(_weights(captured, shares)) > captured * _WHOLE


def divide(*, captured: int, shares: Sequence[Share]) -> list[int]:
    """Divide a captured amount among sellers; what none of them gets stays with the platform.

    Percents and tiers are of the whole captured amount. Less may be captured than was agreed on:
    then the shares are capped at what is left, in the order in which they are listed. They are
    rounded together by largest remainder (a tie goes to the share listed first), and what is left
    goes in equal parts to those who get the remainder.

    Args:
        captured: Minor units.
        shares: The shares of the sellers.

    Returns:
        Minor units, one amount for each share.
    """
    room, weights = captured * _WHOLE, []
    for share, weight in zip(shares, _weights(captured, shares), strict=True):
        weights.append(min(share.amount * _WHOLE + weight, room))
        room -= weights[-1]
    *parts, rest = split(captured, [*weights, room])
    takers = [int(share.is_remainder) for share in shares]
    rests = split(rest, takers) if any(takers) else [0] * len(shares)
    return [part + more for part, more in zip(parts, rests, strict=True)]


def _weights(captured: int, shares: Sequence[Share]) -> list[int]:
    """Return what each share gets by percents and tiers, in ten-thousandths of a minor unit."""
    return [captured * share.bps + _of_tiers(captured, share.tiers) for share in shares]


def _of_tiers(captured: int, tiers: Sequence[tuple[int | None, int]]) -> int:
    total, below = 0, 0
    for up_to, bps in tiers:
        top = captured if up_to is None else min(up_to, captured)
        total += max(top - below, 0) * bps
        below = max(top, below)
    return total
