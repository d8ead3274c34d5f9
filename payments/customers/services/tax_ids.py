"""Tax ids of customers and merchants: stored and shown, and not verified."""

from datetime import datetime

from core import request_context
from core.ids import new_id
from core.tenant import Tenant
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.models import Customer, TaxId


def create(
    *,
    tenant: Tenant,
    type: str,
    value: str,
    customer_id: str | None = None,
    param: str = "id",
    at: datetime,
) -> TaxId:
    """Create a tax id.

    Args:
        tenant: The merchant.
        type: Such as `eu_vat`.
        value: The number, as it was typed.
        customer_id: `cus_...`; None for the merchant's own.
        param: What names the customer.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such customer.
    """
    tax_id = request_context.reserved_id("txi")
    if done := recovery.resume(lambda: TaxId.objects.filter(id=tax_id).first()):
        return done
    with UnitOfWork(tenant, at=at) as work:
        if customer_id is not None:
            # Locked, so that no tax id is added to somebody who is being deleted.
            rows = Customer.objects.filter(deleted_at=None)
            locking.lock(rows, tenant, customer_id, kind="customer", param=param)
        return add(work, tenant, customer_id, type=type, value=value, id=tax_id)


def add(
    work: UnitOfWork,
    tenant: Tenant,
    customer_id: str | None,
    *,
    type: str,
    value: str,
    id: str | None = None,
) -> TaxId:
    """Create a tax id, within a unit of work."""
    row = TaxId(
        id=id or new_id("txi"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        customer_id=customer_id,
        type=type,
        value=value,
        created_at=work.at,
    )
    work.insert(row)
    if customer_id:
        work.emit("customer.tax_id.created", tenant, resources.tax_id(row))
    return row


def delete(*, tenant: Tenant, tax_id: str, customer_id: str | None = None, at: datetime) -> None:
    """Delete a tax id.

    The row stays without the number: by its id, what was told of it is erased with its customer.

    Args:
        tenant: The merchant.
        tax_id: `txi_...`.
        customer_id: Whose it must be; None for anybody's.
        at: The moment of the request.

    Raises:
        Missing: If the merchant, or the customer, has no such tax id.
    """
    with UnitOfWork(tenant, at=at) as work:
        rows = queries.tax_ids(tenant, customer_id)
        row = locking.lock(rows, tenant, tax_id, kind="tax id")
        last = resources.tax_id(row)
        work.change(row, value="", deleted_at=at)
        if row.customer_id:
            work.emit("customer.tax_id.deleted", tenant, last)
