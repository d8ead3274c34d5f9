"""The price of a payment. Pure arithmetic."""

from enum import StrEnum


class Returns(StrEnum):
    """What of its fee a processor returns when a whole payment is refunded."""

    NONE = "none"
    VARIABLE = "variable"
    ALL = "all"


def processing_fee(
    *, amount: int, bps: int, fixed_amount: int, least: int = 0, most: int | None = None
) -> int:
    """Return what processing a captured amount costs, never more than the amount.

    Args:
        amount: Captured minor units.
        bps: Ten-thousandths of the amount, halves rounded up.
        fixed_amount: Minor units of the same currency on top.
        least: The fee is never less, in minor units.
        most: The fee is never more, in minor units; None for no limit.
    """
    fee = max((2 * amount * bps + 10_000) // 20_000 + fixed_amount, least)
    return min(amount, fee if most is None else min(fee, most))


def returnable(*, fee: int, fixed_amount: int, returns: Returns) -> int:
    """Return what of a fee comes back when the whole payment is refunded.

    Args:
        fee: Minor units.
        fixed_amount: The part of it that does not depend on the amount.
        returns: The part of the fee that the processor returns.
    """
    if returns is Returns.NONE:
        return 0
    return fee if returns is Returns.ALL else max(0, fee - fixed_amount)
