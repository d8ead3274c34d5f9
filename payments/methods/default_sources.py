"""Which source a customer is charged by, if none is named."""

from core.database.locking import lock_rows
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.models import Customer, PaymentMethod


def forget(work: UnitOfWork, row: PaymentMethod) -> None:
    """Let a source that goes be its customer's default no more, and tell of it.

    Args:
        work: The unit of work. A customer in it is being deleted, which is told by itself.
        row: The source, which still has its customer.
    """
    source_id = resources.source_id_of(row)
    deleted = work.find(Customer, str(row.customer_id))
    if deleted is not None:
        if deleted.default_source_id == source_id:
            work.change(deleted, default_source_id=None)
        return
    holder = lock_rows(
        Customer.objects.filter(id=row.customer_id, default_source_id=source_id)
    ).first()
    if holder is not None:
        before = resources.customer(holder)
        work.change(holder, default_source_id=None)
        work.emit("customer.updated", holder.tenant, resources.customer(holder), before=before)
