"""Web domains for wallets: they are stored, and none is active."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Manager

from core import request_context
from core.database.transactions import atomic
from core.errors import missing
from core.tenant import Tenant
from operations import locking
from payments.models import ApplePayDomain, PaymentMethodDomain

_Row = TypeVar("_Row", PaymentMethodDomain, ApplePayDomain)


def register(
    *, tenant: Tenant, domain_name: str, enabled: bool | None = None, at: datetime
) -> PaymentMethodDomain:
    """Register a domain; a registered one stays the same object.

    Args:
        tenant: The merchant.
        domain_name: Such as `shop.example`.
        enabled: False to show no wallet there; None for what it was, or true.
        at: The moment of the request.
    """
    new = PaymentMethodDomain(id=request_context.reserved_id("pmd"))
    row = _get_or_create(PaymentMethodDomain.objects, new, tenant, domain_name, at)
    if enabled is not None and row.enabled != enabled:
        row.enabled = enabled
        row.save(update_fields=["enabled"])
    return row


def register_older(*, tenant: Tenant, domain_name: str, at: datetime) -> ApplePayDomain:
    """Register a domain by the older endpoint; a registered one stays the same object."""
    new = ApplePayDomain(id=request_context.reserved_id("apwc"))
    return _get_or_create(ApplePayDomain.objects, new, tenant, domain_name, at)


def update(*, tenant: Tenant, domain_id: str, enabled: bool | None = None) -> PaymentMethodDomain:
    """Enable or disable a domain.

    Raises:
        Missing: If the merchant has no such domain.
    """
    with atomic():
        rows = PaymentMethodDomain.objects.all()
        row = locking.lock(rows, tenant, domain_id, kind="payment_method_domain")
        if enabled is not None:
            row.enabled = enabled
            row.save(update_fields=["enabled"])
    return row


def remove_older(*, tenant: Tenant, domain_id: str) -> None:
    """Delete a domain of the older endpoint.

    Raises:
        Missing: If the merchant has no such domain.
    """
    rows = ApplePayDomain.objects.filter(
        id=domain_id, account_id=tenant.account_id, livemode=tenant.livemode
    )
    if not rows.delete()[0]:
        raise missing("domain", domain_id)


def _get_or_create(
    rows: Manager[_Row], new: _Row, tenant: Tenant, domain_name: str, at: datetime
) -> _Row:
    new.account_id, new.livemode = tenant.account_id, tenant.livemode
    new.domain_name, new.created_at = domain_name.lower(), at
    # Somebody else may be noting it at this moment.
    rows.bulk_create([new], ignore_conflicts=True)
    return rows.get(
        account_id=tenant.account_id, livemode=tenant.livemode, domain_name=new.domain_name
    )
