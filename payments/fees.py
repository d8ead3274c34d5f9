"""The price of a payment. Pure arithmetic."""


def processing_fee(*, amount: int, bps: int, fixed_amount: int) -> int:
    """Return what processing a captured amount costs, never more than the amount.

    Args:
        amount: Captured minor units.
        bps: Ten-thousandths of the amount, halves rounded up.
        fixed_amount: Minor units of the same currency on top.
    """
    return min(amount, (2 * amount * bps + 10_000) // 20_000 + fixed_amount)
