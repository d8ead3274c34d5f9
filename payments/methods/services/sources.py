"""The wire's older view of a customer's payment methods: sources, one of which is the default."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.methods.services import payment_methods
from payments.models import Customer, PaymentMethod

_ADDRESS: Final = {
    "address_city": "city", "address_country": "country", "address_line1": "line1",
    "address_line2": "line2", "address_state": "state", "address_zip": "postal_code",
}  # fmt: skip


def create(
    *, tenant: Tenant, customer_id: str, source: str | Mapping[str, Any],
    metadata: dict[str, str] | None = None, at: datetime,
) -> PaymentMethod:  # fmt: skip
    """Save a card to a customer; the first one is the default.

    Args:
        tenant: The merchant.
        customer_id: `cus_...`.
        source: `tok_...`, or what was typed in of a card.
        metadata: The merchant's own words.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such customer or token.
        CardError: If the number is not a card's, or has expired.
    """
    with UnitOfWork(tenant, at=at) as work:
        customer = _locked(tenant, customer_id)
        row = payment_methods.attach_to_new(
            tenant=tenant, method_id=typed_in(source, metadata), customer_id=customer.id,
            work=work,
        )  # fmt: skip
        if customer.default_source_id is None:
            customer.default_source_id = row.id
            work.update(customer, "default_source_id")
    return row


def update(
    *, tenant: Tenant, customer_id: str, source_id: str, changes: dict[str, Any], at: datetime
) -> PaymentMethod:
    """Change a card's expiry, or the name and address that go with it.

    Raises:
        Missing: If the customer has no such source.
    """
    row = queries.source(tenant, customer_id, source_id)
    said = {n: changes[n] for n in ("exp_month", "exp_year") if n in changes}
    columns: dict[str, Any] = {"card": said} if said else {}
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
    return payment_methods.update(tenant=tenant, method_id=row.id, changes=columns, at=at)


def remove(*, tenant: Tenant, customer_id: str, source_id: str, at: datetime) -> PaymentMethod:
    """Take a source from its customer; the newest that is left becomes the default.

    Raises:
        Missing: If the customer has no such source.
    """
    with UnitOfWork(tenant, at=at) as work:
        customer = _locked(tenant, customer_id)
        row = _of(tenant, customer_id, source_id)
        payment_methods.detach_locked(work, row)
        if customer.default_source_id == row.id:
            left = queries.sources(tenant, customer_id).exclude(id=row.id).order_by("-id").first()
            customer.default_source_id = left.id if left else None
            work.update(customer, "default_source_id")
    return row


def make_default(
    tenant: Tenant, customer: Customer, source: str, *, is_new: bool, work: UnitOfWork
) -> None:
    """Let a source be charged where a charge names none.

    Args:
        tenant: The merchant.
        customer: Locked. It is written by the caller.
        source: One that the customer has, or with `is_new` one that takes the default's place.
        is_new: False to choose among those that are there.
        work: Of the change.

    Raises:
        Missing: If the customer has no such source, or the merchant no such token.
    """
    before = customer.default_source_id
    if is_new:
        row = payment_methods.attach_to_new(
            tenant=tenant, method_id=typed_in(source), customer_id=customer.id, work=work
        )
        if before and before != row.id:
            payment_methods.detach_locked(work, _of(tenant, customer.id, before))
    else:
        row = _of(tenant, customer.id, source, param="default_source")
    customer.default_source_id = row.id


def _locked(tenant: Tenant, customer_id: str) -> Customer:
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(
        id=customer_id, account_id=tenant.account_id, livemode=tenant.livemode, deleted_at=None
    ).first()
    if row is None:
        raise missing("customer", customer_id)
    return row


def _of(tenant: Tenant, customer_id: str, source_id: str, *, param: str = "id") -> PaymentMethod:
    rows = queries.sources(tenant, customer_id).select_for_update(of=("self",), no_key=True)
    row = rows.filter(id=resources.method_id_of(source_id)).first()
    if row is None:
        raise missing("source", source_id, param=param)
    return row


def typed_in(
    source: str | Mapping[str, Any], metadata: dict[str, str] | None = None
) -> str | dict[str, Any]:
    """Return what the newer endpoints would be told: a payment method's id, or its data.

    Raises:
        InvalidRequest: For a bank account, whose payers have to be told of a debit.
    """
    is_bank = isinstance(source, Mapping) and source["object"] == "bank_account"
    if is_bank or (isinstance(source, str) and source.startswith(("ba_", "btok_"))):
        raise InvalidRequest(
            "Bank accounts are debited by a mandate, which no source has. Make a payment method of "
            "type us_bank_account, and confirm it with mandate_data.",
            code="feature_not_supported",
            param="source",
        )
    data: dict[str, Any] = {"type": "card", "metadata": metadata or {}}
    if isinstance(source, str):
        is_token = source.startswith("tok_")
        return data | {"card": {"token": source}} if is_token else resources.method_id_of(source)
    billing: dict[str, Any] = {"name": source["name"]} if "name" in source else {}
    address = {_ADDRESS[name]: source[name] for name in _ADDRESS if name in source}
    card = {n: source[n] for n in ("number", "exp_month", "exp_year", "cvc") if n in source}
    billing |= {"address": address} if address else {}
    return data | {"card": card, "billing_details": billing}
