"""What Stripe says that it holds for us."""

from collections import defaultdict

import stripe

from processors.protocols.settlements import ProcessorBalance


def read(balance: stripe.Balance) -> list[ProcessorBalance]:
    """Map a balance: what is available and what is pending, by currency."""
    available: dict[str, int] = defaultdict(int)
    pending: dict[str, int] = defaultdict(int)
    for one in balance.available:
        available[one.currency] += one.amount
    for other in balance.pending:
        pending[other.currency] += other.amount
    return [
        ProcessorBalance(currency, available[currency], pending[currency])
        for currency in sorted({*available, *pending})
    ]
