"""Locking a tenant's rows."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from core.database.locking import lock_one
from core.database.transactions import require_transaction
from core.tenant import Tenant

_Row = TypeVar("_Row", bound=Model)


def lock(rows: QuerySet[_Row], tenant: Tenant, id: str, *, kind: str, param: str = "id") -> _Row:
    """Return a row of a tenant, locked until the transaction ends.

    Args:
        rows: To choose from; what they join is not locked.
        tenant: Who asks.
        id: The id of the row.
        kind: What the wire calls such a row, such as `"payment_intent"`.
        param: What the wire calls its id.

    Raises:
        Missing: If the tenant has no such row.
    """
    require_transaction()
    own = rows.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    return lock_one(own, id, kind=kind, param=param)
