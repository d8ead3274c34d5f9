"""Customers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from core import request_context
from core.database.locking import lock_rows
from core.errors import Missing, missing
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply, previous_values
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.customers.services import customer_balance_entries, tax_ids
from payments.methods.services import payment_methods, sources
from payments.models import Customer

_PREFERRED: Final = "default_payment_method"


def create(
    *,
    tenant: Tenant,
    payment_method: str | None = None,
    balance: int = 0,
    source: str | None = None,
    tax_id_data: Sequence[Fields] = (),
    at: datetime,
    **details: object,
) -> Customer:
    """Add a customer.

    Args:
        tenant: The merchant.
        payment_method: Saved to the customer at once.
        balance: What later invoices are less (negative) or more by.
        source: `tok_...`: a card that is saved at once, and charged where a charge names none.
        tax_id_data: `type` and `value` of each tax id.
        at: The moment of the request.
        details: Columns of the customer.

    Raises:
        Missing: If the merchant has no such payment method, or prefers another.
        InvalidRequest: If it belongs to another customer.
    """
    customer_id = request_context.reserved_id("cus")
    if done := recovery.resume(lambda: Customer.objects.filter(id=customer_id).first()):
        return done
    row = Customer(
        id=customer_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        created_at=at,
        # The last eight characters are random; invoices of a customer begin with them.
        **{"invoice_prefix": customer_id[-8:].upper(), **details},
    )
    if balance:
        customer_balance_entries.prepare(row, balance)
    with UnitOfWork(tenant, at=at) as work:
        preferred = _preferred_method(row)
        if preferred and preferred != payment_method:
            raise _missing_method(preferred)
        work.insert(row)
        if balance:
            customer_balance_entries.add(work, row, balance)
        if payment_method:
            _attach(row, payment_method, work)
        if source:
            sources.make_default(tenant, row, source, is_new=True, work=work)
        work.emit("customer.created", tenant, resources.customer(row))
        for tax_id in tax_id_data:
            tax_ids.add(work, tenant, row.id, **tax_id)
    return row


def add(work: UnitOfWork, tenant: Tenant, **details: object) -> Customer:
    """Add a customer, as a step of something larger.

    Args:
        work: The unit of work.
        tenant: The merchant.
        details: Columns of the customer.
    """
    customer_id = new_id("cus")
    row = Customer(
        id=customer_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        created_at=work.at,
        **{"invoice_prefix": customer_id[-8:].upper(), **details},
    )
    work.insert(row)
    work.emit("customer.created", tenant, resources.customer(row))
    return row


def change(work: UnitOfWork, tenant: Tenant, customer_id: str, details: Fields) -> None:
    """Change a customer's details, as a step of something larger; who is deleted stays so.

    Args:
        work: The unit of work.
        tenant: The merchant.
        customer_id: `cus_...`.
        details: Columns of the customer.
    """
    row = lock_rows(queries.customers(tenant).filter(id=customer_id)).first()
    if row is None:
        return
    before = resources.customer(row)
    apply(row, details)
    after = resources.customer(row)
    if previous := previous_values(before, after):
        work.update(row, *details)
        work.emit("customer.updated", tenant, after, previous)


def update(*, tenant: Tenant, customer_id: str, changes: JsonObject, at: datetime) -> Customer:
    """Change a customer's details.

    Raises:
        Missing: If the merchant has no such customer, or it no such preferred payment method.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = lock(tenant, customer_id)
        before = resources.customer(row)
        changes = dict(changes)
        more = changes.pop("balance", row.balance_amount) - row.balance_amount
        if "invoice_settings" in changes:
            changes["invoice_settings"] = row.invoice_settings | changes["invoice_settings"]
        named = [(n, changes.pop(n)) for n in ("source", "default_source") if n in changes]
        apply(row, changes)
        _check_preferred_method(row, changes)
        if more:
            customer_balance_entries.prepare(row, more)
        for name, source in named:
            is_new = name == "source"
            sources.make_default(tenant, row, source, is_new=is_new, work=work)
        columns = [
            *changes,
            *(customer_balance_entries.COLUMNS if more else ()),
            *(["default_source_id"] if named else ()),
        ]
        if columns:
            after = resources.customer(row)
            previous = previous_values(before, after)
            work.update(row, *columns)
            if more:
                customer_balance_entries.add(work, row, more)
            work.emit("customer.updated", tenant, after, previous)
    return row


def delete(*, tenant: Tenant, customer_id: str, at: datetime) -> Customer:
    """Delete a customer and detach its payment methods; its payments stay.

    What is kept of it is erased in time: see `payments/erasure`.

    Raises:
        Missing: If the merchant has no such customer.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = lock(tenant, customer_id)
        last = resources.customer(row)
        erase_at = at + timedelta(days=settings.ERASE_AFTER_DAYS)
        work.change(row, deleted_at=at, erase_at=erase_at)
        payment_methods.detach_all(row, work)
        work.emit("customer.deleted", tenant, last)
    return row


def _attach(row: Customer, payment_method: str, work: UnitOfWork) -> None:
    method = payment_methods.attach_to_new(
        tenant=row.tenant, method_id=payment_method, customer_id=row.id, work=work
    )
    if _preferred_method(row):
        # A token such as pm_card_visa has become a method with an id.
        row.invoice_settings = row.invoice_settings | {_PREFERRED: method.id}


def _preferred_method(row: Customer) -> str | None:
    preferred: str | None = row.invoice_settings.get(_PREFERRED)
    return preferred


def _check_preferred_method(row: Customer, changes: JsonObject) -> None:
    """Refuse a preferred payment method that is not the customer's own."""
    preferred = _preferred_method(row) if "invoice_settings" in changes else None
    if preferred and not row.payment_methods.filter(id=preferred).exists():
        raise _missing_method(preferred)


def _missing_method(method_id: str) -> Missing:
    return missing("PaymentMethod", method_id, param=f"invoice_settings[{_PREFERRED}]")


def lock(tenant: Tenant, customer_id: str) -> Customer:
    """Return a merchant's customer, locked until the transaction ends.

    Raises:
        Missing: If there is none, or it was deleted.
    """
    rows = Customer.objects.filter(deleted_at=None)
    return locking.lock(rows, tenant, customer_id, kind="customer")
