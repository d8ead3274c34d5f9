"""What an account says of itself to payers: set by operators, for a platform or its seller."""

from datetime import datetime
from typing import Any

from accounts.audit import trail
from accounts.models import Account
from connect.onboarding.services import accounts
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.updates import deep_merge, differences


def update(*, account: Account, livemode: bool, at: datetime, **changes: Any) -> None:
    """Change what an account's payers are shown; of a seller, by the platform that opened it.

    Args:
        account: The account.
        livemode: The mode whose requirements are looked at again; the settings are of both.
        at: The moment.
        changes: `email`, parts of `business_profile` and `settings`, as on the wire, and of
            `alerts`, which are not on the wire.

    Raises:
        InvalidRequest: If the account is closed.
    """
    if account.closed_at:
        raise InvalidRequest("This account is closed, so nothing of it can be changed.")
    # What is not on the wire is no news to whoever hears of the seller.
    if account.opened_by_id and changes.keys() - {"alerts"}:
        platform = Tenant(account.opened_by_id, livemode)
        accounts.update(tenant=platform, account_id=account.id, at=at, **changes)
        return
    with atomic():
        row = lock_one(Account.objects.all(), account.id, kind="account")
        before = {name: getattr(row, name) for name in changes}
        for name, value in changes.items():
            old = getattr(row, name)
            setattr(row, name, deep_merge(old, value) if isinstance(old, dict) else value)
        if named := (changes.get("business_profile") or {}).get("name"):
            row.name = named
        row.save()
        trail.record(
            "account.changed",
            row,
            changes=differences(before, {name: getattr(row, name) for name in before}),
        )
