"""Sessions and keys of payers' pages and applications, for one customer."""

from datetime import datetime, timedelta
from typing import Final

from accounts.models import ApiKey
from accounts.services import api_keys, consents, ephemeral_keys
from core import request_context
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest
from core.ids import random_text
from core.tenant import Tenant
from core.types import JsonObject
from operations import recovery
from payments import queries
from payments.models import CustomerSession

LIFETIME: Final = timedelta(minutes=30)


def create(
    *, tenant: Tenant, customer: str, components: JsonObject, at: datetime
) -> tuple[CustomerSession, str]:
    """Create a customer session.

    Args:
        tenant: The merchant.
        customer: `cus_...`.
        components: Component → `enabled`, and `features` that are not as usual.
        at: The moment of the request.

    Returns:
        The row, and its secret, which is shown only now.

    Raises:
        Missing: If the merchant has no such customer.
        InvalidRequest: If no component is enabled.
    """
    if not any(component["enabled"] for component in components.values()):
        raise InvalidRequest("Enable at least one component.", param="components")
    queries.customer(tenant, customer, param="customer")
    secret = f"cuss_secret_{random_text(43)}"
    sessions = CustomerSession.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    )
    row = CustomerSession(
        id=request_context.reserved_id("cuss"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        customer_id=customer,
        digest=api_keys.digest(secret),
        components=components,
        created_at=at,
        expires_at=at + LIFETIME,
    )
    with atomic():
        # Nobody asks for what has ended.
        sessions.filter(expires_at__lt=at).delete()
        row.platform_id = consents.maker_for(tenant)
        # A run that was cut off may have left the row, with a secret that nobody was told.
        row.save(force_insert=not recovery.is_under_way())
    return row, secret


def find(*, tenant: Tenant, secret: str, at: datetime) -> CustomerSession | None:
    """Return the session with a secret; None if it has ended."""
    return CustomerSession.objects.filter(
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        digest=api_keys.digest(secret),
        expires_at__gt=at,
    ).first()


def end_all(platform_id: str, tenant: Tenant, at: datetime) -> None:
    """End a platform's sessions for a merchant that has disconnected it."""
    require_transaction()
    CustomerSession.objects.filter(
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        platform_id=platform_id,
        expires_at__gt=at,
    ).update(expires_at=at)


def create_key(*, tenant: Tenant, customer: str, at: datetime) -> tuple[ApiKey, str]:
    """Create an ephemeral key for one customer.

    Raises:
        Missing: If the merchant has no such customer.
    """
    queries.customer(tenant, customer, param="customer")
    return ephemeral_keys.create(tenant=tenant, customer_id=customer, at=at)
