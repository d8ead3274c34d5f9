"""Keys for one customer and one hour, for the payer's own application."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from accounts.models import ApiKey, KeyKind
from accounts.services import api_keys, consents
from core.database.transactions import atomic
from core.errors import missing
from core.tenant import Tenant

LIFETIME: Final = timedelta(hours=1)
# What has ended is kept for a day, so that its use can still be traced.
_KEPT: Final = timedelta(days=1)


def create(*, tenant: Tenant, customer_id: str, at: datetime) -> tuple[ApiKey, str]:
    """Make a key that reaches one customer only.

    Args:
        tenant: Whose customer; the caller has looked.
        customer_id: `cus_...`.
        at: The moment of the request.

    Returns:
        The row, and the key itself, which is never to be had again.
    """
    with atomic():
        ended = _keys(tenant).filter(expires_at__lt=at - _KEPT)
        ended.delete()
        return api_keys.create(
            tenant=tenant,
            kind=KeyKind.EPHEMERAL,
            name=customer_id,
            permissions={"customer": customer_id},
            expires_at=at + LIFETIME,
            platform_id=consents.maker_for(tenant),
            at=at,
        )


def end(*, tenant: Tenant, key_id: str, at: datetime) -> ApiKey:
    """Expire a key at once.

    Raises:
        Missing: If the account has no such key.
    """
    row = _keys(tenant).filter(id=key_id).first()
    if row is None:
        raise missing("ephemeral key", key_id)
    api_keys.revoke(key=row, at=at)
    return row


def _keys(tenant: Tenant) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, kind=KeyKind.EPHEMERAL
    )
