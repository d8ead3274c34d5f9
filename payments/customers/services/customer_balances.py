"""Credits and debts of customers on later invoices, which move no money."""

from datetime import datetime

from core import request_context
from core.database.transactions import atomic
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.customers.services import customer_balance_entries, customers
from payments.models import CustomerBalanceTransaction


def create(
    *, tenant: Tenant, customer_id: str, amount: int, currency: str, at: datetime, **details: object
) -> CustomerBalanceTransaction:
    """Change a customer's balance.

    Args:
        tenant: The merchant.
        customer_id: `cus_...`.
        amount: Minor units; negative for a credit.
        currency: Lower-case ISO code; a balance has one.
        at: The moment of the request.
        details: `description`, `metadata`.

    Raises:
        Missing: If the merchant has no such customer.
        InvalidRequest: If the balance is in another currency, or would be too large.
    """
    row_id = request_context.reserved_id("cbtxn")
    if done := recovery.resume(
        lambda: CustomerBalanceTransaction.objects.filter(id=row_id).first()
    ):
        return done
    with UnitOfWork(tenant, at=at) as work:
        customer = customers.lock(tenant, customer_id)
        before = resources.customer(customer)
        customer_balance_entries.prepare(customer, amount, currency)
        work.update(customer, *customer_balance_entries.COLUMNS)
        row = customer_balance_entries.add(work, customer, amount, row_id=row_id, **details)
        work.emit("customer.updated", tenant, resources.customer(customer), before=before)
    return row


def update(
    *, tenant: Tenant, customer_id: str, row_id: str, changes: JsonObject
) -> CustomerBalanceTransaction:
    """Change the description or metadata of a balance entry.

    Raises:
        Missing: If the customer has no such change.
    """
    with atomic():
        rows = CustomerBalanceTransaction.objects.filter(customer_id=customer_id)
        row = locking.lock(rows, tenant, row_id, kind="customer balance transaction")
        apply(row, changes)
        if changes:
            row.save(update_fields=list(changes))
    return row
