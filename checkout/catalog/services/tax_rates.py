"""Tax rates: plain data, which sessions add to their lines."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from checkout import queries, resources
from checkout.models import TaxRate
from core import request_context
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply, previous_values
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork

_PPM_OF_PERCENT: Final = 10_000


def create(*, tenant: Tenant, percentage: str, at: datetime, **details: object) -> TaxRate:
    """Add a tax rate.

    Args:
        tenant: The merchant.
        percentage: A decimal of a hundred with up to four places.
        at: The moment of the request.
        details: Columns.
    """
    rate_id = request_context.reserved_id("txr")
    if done := recovery.resume(lambda: TaxRate.objects.filter(id=rate_id).first()):
        return done
    row = TaxRate(
        id=rate_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        percentage_ppm=int(Decimal(percentage) * _PPM_OF_PERCENT),
        created_at=at,
        **details,
    )
    with UnitOfWork(tenant, at=at) as work:
        work.insert(row)
        work.emit("tax_rate.created", tenant, resources.tax_rate(row))
    return row


def update(*, tenant: Tenant, rate_id: str, changes: JsonObject, at: datetime) -> TaxRate:
    """Change a tax rate's words, or whether it is active.

    Raises:
        Missing: If the merchant has no such rate.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = locking.lock(queries.tax_rates(tenant), tenant, rate_id, kind="tax rate")
        before = resources.tax_rate(row)
        apply(row, changes)
        after = resources.tax_rate(row)
        if previous := previous_values(before, after):
            work.update(row, *changes)
            work.emit("tax_rate.updated", tenant, after, previous)
    return row
