"""What platforms make for accounts that let them in: whose it is, and that it ends with them."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from accounts.models import ApiKey, Connection
from core import context
from core.db import require_transaction
from core.errors import Forbidden
from core.tenant import Tenant

# Ends what a platform made for an account: (platform, account in its mode, moment).
Ending = Callable[[str, Tenant, datetime], None]
_endings: Final[list[Ending]] = []


def register(ending: Ending) -> None:
    """Have a room end what platforms made there, when an account lets one in no more."""
    _endings.append(ending)


def maker_for(tenant: Tenant) -> str | None:
    """Return the platform that makes something for an account; None if the account does itself.

    Its connection is locked: what it makes is made before the connection ends, and ends with it.

    Raises:
        Forbidden: If it has just been disconnected.
    """
    require_transaction()
    platform_id = context.current().actor_id
    if platform_id is None or platform_id == tenant.account_id:
        return None
    rows = Connection.objects.select_for_update(of=("self",), no_key=True).filter(
        platform_id=platform_id, account_id=tenant.account_id, livemode=tenant.livemode,
        ended_at=None,
    )  # fmt: skip
    if not rows.exists():
        raise Forbidden(
            f"The account '{tenant.account_id}' is not connected to you any more. Ask its owner "
            "for consent again.",
            code="account_invalid",
        )
    return platform_id


def end(platform_id: str, tenant: Tenant, *, at: datetime) -> None:
    """End all that a platform has made for an account in one mode, its keys as well."""
    require_transaction()
    keys = ApiKey.objects.filter(
        platform_id=platform_id, account_id=tenant.account_id, livemode=tenant.livemode
    )
    # Those that were rolled and would have ended later as well.
    keys.exclude(expires_at__lte=at).update(expires_at=at)
    for ending in _endings:
        ending(platform_id, tenant, at)
