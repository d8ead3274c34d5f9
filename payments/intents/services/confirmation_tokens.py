"""What a payer entered on the checkout page, kept until the merchant's server confirms."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from core import request_context
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from payments.methods import confirmation_options
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import payment_methods
from payments.methods.services.instruments import known_instruments, processor_tokens
from payments.models import ConfirmationToken, PaymentIntent, SetupIntent

GOOD_FOR: Final = timedelta(hours=12)
# What a token may change of a payment.
COLUMNS: Final = ("setup_future_usage", "shipping")


def create(
    *,
    tenant: Tenant,
    payment_method: str | Fields,
    return_url: str | None = None,
    at: datetime,
    **details: object,
) -> ConfirmationToken:
    """Create a confirmation token.

    Args:
        tenant: The merchant.
        payment_method: `pm_...`, a test token, or `payment_method_data`.
        return_url: Where the payer comes back to.
        at: The moment of the request.
        details: Further columns.

    Raises:
        Missing: If the merchant has no such payment method.
        CardError: If the number is not a card's, or has expired.
    """
    token_id = request_context.reserved_id("ctoken")
    if done := recovery.resume(lambda: ConfirmationToken.objects.filter(id=token_id).first()):
        return done
    confirmation_options.check_options(
        ConfirmationOptions(return_url=return_url), is_confirmed=True
    )
    payment_method = processor_tokens.describe(tenant, payment_method)
    with UnitOfWork(tenant, at=at) as work:
        method = payment_methods.find(tenant, payment_method, at=at)
        row = ConfirmationToken(
            id=token_id,
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            payment_method=method,
            return_url=return_url,
            created_at=at,
            expires_at=at + GOOD_FOR,
            **details,
        )
        if method._state.adding:
            known_instruments.insert(work, method)
        work.insert(row)
    return row


def use(
    work: UnitOfWork,
    intent: PaymentIntent | SetupIntent,
    token_id: str,
    session: ConfirmationOptions,
    *,
    at: datetime,
) -> tuple[str, ConfirmationOptions]:
    """Use a token for an intent, which takes over what the payer entered.

    Args:
        work: The unit of work.
        intent: The intent, locked or new; of a payment intent `COLUMNS` change.
        token_id: `ctoken_...`.
        session: The options of the confirmation.
        at: The moment of the request.

    Returns:
        The payment method's id, and the session with the payer's way back.

    Raises:
        Missing: If the merchant has no such token.
        InvalidRequest: If it was used by another intent, or is too old.
    """
    rows, name = ConfirmationToken.objects.all(), "confirmation_token"
    row = locking.lock(rows, intent.tenant, token_id, kind=name, param=name)
    if row.intent_id or row.expires_at <= at:
        raise InvalidRequest(
            f"ConfirmationToken {token_id} has been used already, or has expired: it is good for "
            "one confirmation within twelve hours.",
            param="confirmation_token",
        )
    work.change(row, intent_id=intent.id)
    if isinstance(intent, PaymentIntent):
        intent.setup_future_usage = row.setup_future_usage or intent.setup_future_usage
        intent.shipping = row.shipping or intent.shipping
    way_back = session.return_url or row.return_url
    return row.payment_method_id, replace(session, return_url=way_back)
