"""How the ids of the ledger's objects become objects, for `expand`."""

from collections.abc import Sequence
from datetime import datetime

from api.answers import expand
from core.tenant import Tenant
from core.types import Fields
from ledger import queries, resources


def register() -> None:
    """Register the expansions of this room, once it is ready."""
    expand.register(["txn"], _balance_transactions, resource="balance_transactions")


def _balance_transactions(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.balance_transactions(tenant).filter(id__in=ids)
    return {row.id: resources.balance_transaction(row, at=at) for row in rows}
