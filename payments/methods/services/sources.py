"""Sources: the older endpoints' view of a customer's payment methods."""

from datetime import datetime
from typing import Final

from core import request_context
from core.database.locking import lock_rows
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from core.types import Fields, JsonObject
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.methods.services import bank_sources, payment_methods
from payments.models import Customer, PaymentMethod

_ADDRESS: Final = {
    "address_city": "city", "address_country": "country", "address_line1": "line1",
    "address_line2": "line2", "address_state": "state", "address_zip": "postal_code",
}  # fmt: skip


def create(
    *,
    tenant: Tenant,
    customer_id: str,
    source: str | Fields,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> PaymentMethod:
    """Attach a card or a bank account to a customer; the first one is the default.

    Args:
        tenant: The merchant.
        customer_id: `cus_...`.
        source: `tok_...` or `btok_...`, or what was typed in.
        metadata: The merchant's own data.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such customer or token.
        CardError: If the number is not a card's, or has expired.
    """
    with UnitOfWork(tenant, at=at) as work:
        customer = _lock_customer(tenant, customer_id)
        row = _add(tenant, source, customer.id, work, metadata)
        if customer.default_source_id is None:
            work.change(customer, default_source_id=resources.source_id_of(row))
    return row


def update(
    *, tenant: Tenant, customer_id: str, source_id: str, changes: JsonObject, at: datetime
) -> PaymentMethod:
    """Change a card's expiry, or the name and address that go with a source.

    Raises:
        Missing: If the customer has no such source.
    """
    row = queries.source(tenant, customer_id, source_id)
    expiry = {n: changes[n] for n in ("exp_month", "exp_year") if n in changes}
    columns: JsonObject = {"card": expiry} if expiry else {}
    billing = dict(row.billing_details)
    for name in ("name", "account_holder_name"):
        if name in changes:
            billing["name"] = changes[name]
    address = {_ADDRESS[n]: changes[n] for n in _ADDRESS if n in changes}
    if address:
        billing["address"] = (billing.get("address") or {}) | address
    if billing != row.billing_details:
        columns["billing_details"] = billing
    if "metadata" in changes:
        columns["metadata"] = changes["metadata"]
    return payment_methods.update(
        tenant=tenant, method_id=row.id, changes=columns, is_source=True, at=at
    )


def remove(*, tenant: Tenant, customer_id: str, source_id: str, at: datetime) -> PaymentMethod:
    """Detach a source from its customer; the newest that is left becomes the default.

    Raises:
        Missing: If the customer has no such source.
    """
    with UnitOfWork(tenant, at=at) as work:
        customer = _lock_customer(tenant, customer_id)
        row = _lock(tenant, customer_id, source_id)
        _detach(work, row)
        if customer.default_source_id == resources.source_id_of(row):
            left = queries.sources(tenant, customer_id).exclude(id=row.id).order_by("-id").first()
            next_id = resources.source_id_of(left) if left else None
            before = resources.customer(customer)
            work.change(customer, default_source_id=next_id)
            after = resources.customer(customer)
            work.emit("customer.updated", tenant, after, before=before)
    return row


def make_default(
    tenant: Tenant, customer: Customer, source: str, *, is_new: bool, work: UnitOfWork
) -> None:
    """Make a source the customer's default.

    Args:
        tenant: The merchant.
        customer: The customer, locked, which the caller writes.
        source: A source of the customer, or with `is_new` one that replaces the default.
        is_new: False to choose among those that are there.
        work: The change's unit of work.

    Raises:
        Missing: If the customer has no such source, or the merchant no such token.
    """
    before = customer.default_source_id
    if is_new:
        row = _add(tenant, source, customer.id, work)
        if before and before != resources.source_id_of(row):
            _detach(work, _lock(tenant, customer.id, before))
    else:
        row = _lock(tenant, customer.id, source, param="default_source")
    customer.default_source_id = resources.source_id_of(row)


def _add(
    tenant: Tenant,
    source: str | Fields,
    customer_id: str,
    work: UnitOfWork,
    metadata: dict[str, str] | None = None,
) -> PaymentMethod:
    id = request_context.reserved_id("pm")
    kept = queries.sources(tenant, customer_id).filter(id=id)
    if done := recovery.resume(kept.first):
        return done
    method = method_data(tenant, source, metadata, at=work.at)
    try:
        row = payment_methods.attach_to_new(
            tenant=tenant, method_id=method, customer_id=customer_id, id=id, work=work
        )
    except InvalidRequest as error:
        raise bank_sources.rename_param(error) from None
    if row.type not in resources.SOURCES:
        raise InvalidRequest(
            f"A {row.type} cannot be a source: attach it to the customer as a payment method.",
            param="source",
        )
    if not isinstance(method, str):
        # One that was there before has its permission already.
        bank_sources.permit(work, row)
    work.emit("customer.source.created", tenant, resources.source(row))
    return row


def _detach(work: UnitOfWork, row: PaymentMethod) -> None:
    wire = resources.source(row)
    payment_methods.detach_within(work, row, is_replaced=True)
    work.emit("customer.source.deleted", row.tenant, wire)


def _lock_customer(tenant: Tenant, customer_id: str) -> Customer:
    rows = Customer.objects.filter(deleted_at=None)
    return locking.lock(rows, tenant, customer_id, kind="customer")


def _lock(tenant: Tenant, customer_id: str, source_id: str, *, param: str = "id") -> PaymentMethod:
    rows = lock_rows(queries.sources(tenant, customer_id))
    row = rows.filter(id=resources.method_id_of(source_id)).first()
    if row is None:
        raise missing("source", source_id, param=param)
    return row


def method_data(
    tenant: Tenant,
    source: str | Fields,
    metadata: dict[str, str] | None = None,
    *,
    at: datetime,
) -> str | JsonObject:
    """Return a source as the newer endpoints take it: a payment method's id, or its data.

    Raises:
        Missing: If the merchant has no such token of a bank account.
        InvalidRequest: If something is missing of a bank account.
    """
    is_id = isinstance(source, str) and source.startswith("ba_")
    if bank_sources.is_bank(source) and not is_id:
        return bank_sources.method_data(tenant, source, metadata or {}, at=at)
    data: JsonObject = {"type": "card", "metadata": metadata or {}}
    if isinstance(source, str):
        is_token = source.startswith("tok_")
        return data | {"card": {"token": source}} if is_token else resources.method_id_of(source)
    billing: JsonObject = {"name": source["name"]} if "name" in source else {}
    address = {_ADDRESS[name]: source[name] for name in _ADDRESS if name in source}
    card = {n: source[n] for n in ("number", "exp_month", "exp_year", "cvc") if n in source}
    billing |= {"address": address} if address else {}
    return data | {"card": card, "billing_details": billing}
