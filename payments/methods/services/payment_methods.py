"""Payment methods: cards and bank accounts, for one payment or more."""

from datetime import datetime

from core import request_context
from core.database.locking import lock_rows
from core.database.transactions import require_transaction
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from payments import method_types, queries, resources
from payments.methods import default_sources
from payments.methods.services import bank_accounts, payer_methods
from payments.methods.services.instruments import (
    card_drafts,
    known_instruments,
    processor_tokens,
)
from payments.models import Customer, PaymentMethod
from processors import registry


def create(
    *,
    tenant: Tenant,
    type: str = "card",
    billing_details: JsonObject | None = None,
    allow_redisplay: str = "unspecified",
    metadata: dict[str, str] | None = None,
    at: datetime,
    **numbers: JsonObject | None,
) -> PaymentMethod:
    """Create a payment method.

    Args:
        tenant: The merchant.
        type: One of `payments.method_types`.
        billing_details: The payer's name and addresses.
        allow_redisplay: Whether it may be shown to the payer again.
        metadata: The merchant's own data.
        at: The moment of the request.
        numbers: By type, as the wire names them: `card` with a number or a `token`,
            `us_bank_account`, `sepa_debit` with an `iban`, `ideal` with a `bank` or without.

    Raises:
        CardError: If the number is not a card's, or has expired.
        InvalidRequest: In live mode, where numbers may not come here; and for a
            number that is not a published test number.
    """
    method_id = request_context.reserved_id("pm")
    if done := recovery.resume(lambda: PaymentMethod.objects.filter(id=method_id).first()):
        return done
    typed = {name: found for name, found in numbers.items() if found is not None}
    besides = {"billing_details": billing_details or {}, "metadata": metadata or {}}
    data: JsonObject = {"type": type, **typed, **besides, "allow_redisplay": allow_redisplay}
    data = processor_tokens.describe(tenant, data)
    with UnitOfWork(tenant, at=at) as work:
        row = draft(tenant, data, id=method_id, at=at)
        known_instruments.insert(work, row)
    return row


def draft(tenant: Tenant, data: Fields, *, id: str | None = None, at: datetime) -> PaymentMethod:
    """Build a payment method from what a payer typed, without saving it.

    Args:
        tenant: The merchant.
        data: The wire's `payment_method_data`; a token of it may have been described before.
        id: A reserved id.
        at: The moment of the request.

    Raises:
        CardError: If the number is not a card's, or has expired.
        InvalidRequest: See `create`.
    """
    row = _draft(tenant, data, id=id, at=at)
    if shown := data.get(processor_tokens.SHOWN):
        known_instruments.show(row, shown)
    return row


def _draft(tenant: Tenant, data: Fields, *, id: str | None, at: datetime) -> PaymentMethod:
    method = method_types.of(data["type"])
    if method.read is not None:
        return bank_accounts.draft(tenant, method, data, id=id, at=at)
    if method.is_push or method.is_redirect:
        return payer_methods.draft(tenant, method, data, id=id, at=at)
    card = data.get("card")
    if card is None:
        raise InvalidRequest(
            "Missing required param: card.", code="parameter_missing", param="card"
        )
    row = card_drafts.draft(tenant, card, id=id, at=at)
    row.type = data["type"]
    row.billing_details = data.get("billing_details") or row.billing_details
    row.allow_redisplay = data.get("allow_redisplay", row.allow_redisplay)
    row.metadata = data.get("metadata") or {}
    row.source = data.get("source")
    return row


def find(
    tenant: Tenant,
    method_id: str | Fields,
    *,
    id: str | None = None,
    param: str = "payment_method",
    is_locked: bool = False,
    at: datetime,
) -> PaymentMethod:
    """Return a merchant's payment method, or a new one for a token such as `pm_card_visa`.

    What the payer has just typed in, `payment_method_data`, becomes a new one too. A customer's
    source, `card_...`, is the payment method behind it.

    A new one is not saved: the caller inserts it with the rows that use it. Its
    `_state.adding` tells.

    Raises:
        Missing: If the merchant has no such payment method and it is no token.
    """
    if not isinstance(method_id, str):
        return draft(tenant, method_id, id=id, at=at)
    vault = registry.vault(livemode=tenant.livemode)
    card = vault.find_card_by_token(method_id) if vault else None
    if card is not None:
        return card_drafts.of_vault(tenant, card, id=id, at=at)
    if account := bank_accounts.of_token(tenant, method_id, at=at):
        return account
    rows = queries.payment_methods(tenant)
    if is_locked:
        rows = lock_rows(rows)
    row = rows.filter(id=resources.method_id_of(method_id)).first()
    if row is None:
        raise missing("PaymentMethod", method_id, param=param)
    return row


def attach(*, tenant: Tenant, method_id: str, customer_id: str, at: datetime) -> PaymentMethod:
    """Attach a payment method to a customer.

    Raises:
        Missing: If the merchant has no such payment method or customer.
        InvalidRequest: If it belongs to another customer, or was detached.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = _lock_or_draft(tenant, method_id, at=at)
        check_attachable(row)
        queries.customer(tenant, customer_id, param="customer")
        _save_to(row, tenant, customer_id, work)
    return row


def attach_to_new(
    *,
    tenant: Tenant,
    method_id: str | Fields,
    customer_id: str,
    id: str | None = None,
    work: UnitOfWork,
) -> PaymentMethod:
    """Attach a payment method to a customer, within the customer's unit of work.

    Args:
        tenant: The merchant.
        method_id: `pm_...`, a token, or what was typed in.
        customer_id: `cus_...`.
        id: A reserved id, for a new one.
        work: The change's unit of work.

    Raises:
        Missing: If the merchant has no such payment method.
        InvalidRequest: If it belongs to another customer.
    """
    row = _lock_or_draft(tenant, method_id, id=id, param="payment_method", at=work.at)
    check_attachable(row, param="payment_method")
    _save_to(row, tenant, customer_id, work)
    return row


def check_usable(row: PaymentMethod, *, param: str | None = "payment_method") -> None:
    """Refuse a payment method that was detached, or used without a customer.

    Raises:
        InvalidRequest: If it was detached, its customer deleted, or it paid without being saved.
    """
    if row.detached_at or row.used_at:
        raise InvalidRequest(
            "This PaymentMethod may not be used again: it was detached from a Customer, or has "
            "paid once without belonging to one. Ask the payer for a new one, and attach that to a "
            "Customer if it is to pay more than once.",
            code="payment_method_unexpected_state",
            param=param,
        )


def check_attachable(row: PaymentMethod, *, param: str | None = None) -> None:
    """Refuse to give a customer what is for single use, or leaves another method behind.

    Raises:
        InvalidRequest: If it is.
    """
    check_reusable(row, param=param)
    if keeps_as := method_types.of(row.type).keeps_as:
        raise InvalidRequest(
            f"A {row.type} cannot be charged again itself: a SetupIntent, or a payment with "
            f"setup_future_usage, makes a {keeps_as} of it, which can be a customer's.",
            param=param,
        )


def check_reusable(row: PaymentMethod, *, param: str | None = None) -> None:
    """Refuse to keep what is for single use.

    Raises:
        InvalidRequest: If it is.
    """
    if not method_types.of(row.type).is_lasting:
        raise InvalidRequest(f"A {row.type} is for one payment and cannot be kept.", param=param)
    if row.source is not None and row.source["usage"] == "single_use":
        raise InvalidRequest(
            "This source is for one charge, and cannot be a customer's. Charge it, or make one "
            "with usage=reusable.",
            param=param,
        )


def lock(tenant: Tenant, method_id: str) -> PaymentMethod:
    """Return a merchant's payment method, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    rows = PaymentMethod.objects.all()
    return locking.lock(rows, tenant, method_id, kind="PaymentMethod", param="payment_method")


def mark_used(work: UnitOfWork, row: PaymentMethod) -> None:
    """Mark a payment method without a customer as used: it is charged once."""
    if row.customer_id is None:
        row.used_at = work.at
        if not row._state.adding:
            work.update(row, "used_at")


def release(work: UnitOfWork, row: PaymentMethod, *, used_at: datetime) -> None:
    """Release a payment method whose only attempt was declined."""
    if row.used_at == used_at:
        work.change(row, used_at=None)


def detach_all(customer: Customer, work: UnitOfWork) -> None:
    """Detach all payment methods of a customer that is being deleted."""
    require_transaction()
    for row in lock_rows(PaymentMethod.objects.filter(customer=customer)).order_by("id"):
        detach_within(work, row)


def detach_within(work: UnitOfWork, row: PaymentMethod, *, is_replaced: bool = False) -> None:
    """Detach a locked payment method; `is_replaced` if the caller makes another the default."""
    require_transaction()
    before = row.customer_id
    if row.type in resources.SOURCES and not is_replaced:
        default_sources.forget(work, row)
    work.change(row, customer=None, former_customer_id=before, detached_at=work.at)
    rendered = resources.payment_method(row)
    work.emit("payment_method.detached", row.tenant, rendered, {"customer": before})


def _save_to(
    row: PaymentMethod, tenant: Tenant, customer_id: str, work: UnitOfWork, *columns: str
) -> None:
    check_usable(row)
    if row.customer_id and row.customer_id != customer_id:
        raise InvalidRequest(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_already_attached",
        )
    row.customer_id = customer_id
    if row._state.adding:
        known_instruments.insert(work, row)
    else:
        work.update(row, "customer", *columns)
    work.emit("payment_method.attached", tenant, resources.payment_method(row))


def attach_charged(
    work: UnitOfWork, row: PaymentMethod, tenant: Tenant, customer_id: str | None, *columns: str
) -> None:
    """Attach a charged payment method to its payer, unless it has a customer.

    A customer who was deleted meanwhile gets none.

    Args:
        work: The unit of work.
        row: The payment method.
        tenant: The merchant.
        customer_id: The payer; None if it is to be nobody's.
        columns: What else of the method has changed and is written on the way.
    """
    customers = Customer.objects.filter(id=customer_id, deleted_at=None)
    if customer_id and row.customer_id is None and customers:
        _save_to(row, tenant, customer_id, work, *columns)
    elif columns:
        work.update(row, *columns)


def detach(*, tenant: Tenant, method_id: str, at: datetime) -> PaymentMethod:
    """Detach a payment method from its customer.

    Raises:
        Missing: If the merchant has no such payment method.
        InvalidRequest: If it has no customer.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = _lock_or_draft(tenant, method_id, at=at)
        if row.customer_id is None:
            raise InvalidRequest(
                "The payment method you provided is not attached to a customer so detachment is "
                "impossible."
            )
        detach_within(work, row)
    return row


def update(
    *,
    tenant: Tenant,
    method_id: str,
    changes: JsonObject,
    is_source: bool = False,
    at: datetime,
) -> PaymentMethod:
    """Change a saved payment method's expiry, billing details or metadata.

    Args:
        tenant: The merchant.
        method_id: `pm_...`.
        changes: Columns, and the `card` of the wire.
        is_source: True if it is changed by its older id, so that a source has changed too.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such payment method.
        InvalidRequest: If it was detached.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = _lock_or_draft(tenant, method_id, at=at)
        change(work, tenant, row, changes, is_source=is_source)
    return row


def change(
    work: UnitOfWork,
    tenant: Tenant,
    row: PaymentMethod,
    changes: JsonObject,
    *,
    is_source: bool,
) -> None:
    """Change a locked payment method, within a unit of work: see `update`.

    Raises:
        InvalidRequest: If it was detached, or is no card and has none to change.
    """
    check_usable(row, param=None)
    card = changes.pop("card", None) or {}
    if card and row.type != "card":
        raise InvalidRequest(f"A {row.type} has no card to update.", param="card")
    changes |= {name: card[name] for name in ("exp_month", "exp_year") if name in card}
    before = resources.payment_method(row)
    source = resources.source(row) if is_source else {}
    apply(row, changes)
    if row._state.adding:
        known_instruments.insert(work, row)
    elif changes:
        work.update(row, *changes)
    work.emit("payment_method.updated", tenant, resources.payment_method(row), before=before)
    if is_source:
        work.emit("customer.source.updated", tenant, resources.source(row), before=source)


def _lock_or_draft(
    tenant: Tenant,
    method_id: str | Fields,
    *,
    id: str | None = None,
    param: str = "id",
    at: datetime,
) -> PaymentMethod:
    require_transaction()
    return find(tenant, method_id, id=id, param=param, is_locked=True, at=at)
