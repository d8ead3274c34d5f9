"""The payer's permission to be charged."""

from datetime import datetime

from core.ids import new_id
from payments.models import Mandate, PaymentMethod, SetupIntent


def given_with(intent: SetupIntent, method: PaymentMethod, *, at: datetime) -> Mandate | None:
    """Make the mandate that the payer gave with a setup, not saved yet.

    Args:
        intent: With how the payer accepted.
        method: What may be charged.
        at: The moment at which it begins.

    Returns:
        None if the payer was not asked for one: most cards need none.
    """
    if intent.customer_acceptance is None:
        return None
    return Mandate(
        id=new_id("mandate"),
        account_id=intent.account_id,
        livemode=intent.livemode,
        payment_method=method,
        intent_id=intent.id,
        customer_acceptance=intent.customer_acceptance,
        on_behalf_of=intent.on_behalf_of,
        single_use_amount=intent.single_use_amount,
        single_use_currency=intent.single_use_currency,
        created_at=at,
    )
