"""Copies of platforms' saved payment methods on sellers' accounts."""

from datetime import datetime

from core import request_context
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import JsonObject
from operations import recovery
from operations.unit_of_work import UnitOfWork
from payments import queries
from payments.methods.services import fingerprints, payment_methods
from payments.methods.services.instruments import known_instruments
from payments.models import PaymentMethod

# What the seller's payment method has of the platform's.
_COPIED = (
    "type", "instrument", "brand", "funding", "country", "last4", "exp_month", "exp_year",
    "details", "billing_details", "allow_redisplay", "known_at",
)  # fmt: skip


def create(
    *,
    tenant: Tenant,
    platform: Tenant | None,
    method_id: str,
    customer_id: str | None = None,
    changes: JsonObject | None = None,
    at: datetime,
) -> PaymentMethod:
    """Copy a platform customer's payment method to a connected account.

    The copy is nobody's: it pays once, or is attached to a customer of the account.

    Args:
        tenant: The connected account.
        platform: Whose customer saved it; None if an account asks for itself.
        method_id: The platform's payment method, `pm_...`.
        customer_id: The platform's customer whose it is.
        changes: `billing_details`, `allow_redisplay` and `metadata`, if the copy has its own.
        at: The moment of the request.

    Raises:
        Missing: If the platform has no such payment method or customer.
        InvalidRequest: If no platform asks, or the payment method is not that customer's.
    """
    if platform is None:
        raise InvalidRequest(
            "A payment method is copied from a platform to a connected account. Name the account "
            "in the Stripe-Account header; your own payment methods need no copy.",
            param="payment_method",
        )
    copy_id = request_context.reserved_id("pm")
    if done := recovery.resume(lambda: PaymentMethod.objects.filter(id=copy_id).first()):
        return done
    with UnitOfWork(tenant, at=at) as work:
        row = payment_methods.lock(platform, method_id)
        _check(platform, row, customer_id)
        copy = PaymentMethod(
            id=copy_id,
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            fingerprint=fingerprints.of(tenant, row.instrument or row.fingerprint),
            created_at=at,
            copied_from_id=row.id,
            **{name: getattr(row, name) for name in _COPIED} | (changes or {}),
        )
        work.insert(copy, *known_instruments.copied(row, copy, at=at))
    return copy


def _check(platform: Tenant, row: PaymentMethod, customer_id: str | None) -> None:
    if customer_id is not None:
        queries.customer(platform, customer_id, param="customer")
    payment_methods.check_usable(row)
    if row.customer_id is None:
        raise InvalidRequest(
            f"The payment method '{row.id}' is not attached to a customer. Attach it to a customer "
            "of the platform before you copy it to a connected account.",
            code="payment_method_unexpected_state",
            param="payment_method",
        )
    if customer_id is None:
        raise InvalidRequest(
            f"The payment method '{row.id}' is attached to a customer: name the customer as well.",
            code="parameter_missing",
            param="customer",
        )
    if customer_id != row.customer_id:
        raise InvalidRequest(
            f"The payment method '{row.id}' does not belong to the customer '{customer_id}'.",
            param="customer",
        )
