"""Prices."""

from datetime import datetime

from checkout import queries, resources
from checkout.catalog.services import new_prices, products, tax_behaviors, unit_amounts
from checkout.models import Price
from core import request_context
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply, previous_values
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork


def create(
    *,
    tenant: Tenant,
    currency: str,
    product: str | None = None,
    product_data: Fields | None = None,
    transfer_lookup_key: bool = False,
    at: datetime,
    **params: object,
) -> Price:
    """Add a price of a product, or of a new one.

    Args:
        tenant: The merchant.
        currency: Lower-case ISO code.
        product: The id of the product; None if it is new.
        product_data: Columns of the new product.
        transfer_lookup_key: True to take the lookup key from the price that has it.
        at: The moment of the request.
        params: What is said of it besides, as `new_prices.add` takes it.

    Raises:
        Missing: If the merchant has no such product.
        InvalidRequest: If none or both of the products are named, the price has no amount, or an
            id or lookup key is taken.
    """
    price_id = request_context.reserved_id("price")
    if done := recovery.resume(lambda: queries.prices(tenant).filter(id=price_id).first()):
        return done
    if (product is None) == (product_data is None):
        raise InvalidRequest(
            "Send either product or product_data.",
            code="parameter_missing" if product is None else "parameters_exclusive",
            param="product",
        )
    with UnitOfWork(tenant, at=at) as work:
        if product is not None:
            # Locked, so that no price is added to what is being deleted.
            of = products.lock(tenant, product, param="product")
        else:
            of = products.add(
                work, tenant, id=request_context.reserved_id("prod"), **(product_data or {})
            )
        return new_prices.add(
            work,
            of,
            currency=currency,
            id=price_id,
            transfer_lookup_key=transfer_lookup_key,
            **params,
        )


def update(
    *,
    tenant: Tenant,
    price_id: str,
    changes: JsonObject,
    transfer_lookup_key: bool = False,
    at: datetime,
) -> Price:
    """Change what may change of a price. Its amount, currency and product stay.

    Args:
        tenant: The merchant.
        price_id: `price_...`.
        changes: Columns; `currency_options` are added to those that it has, None removes all.
        transfer_lookup_key: True to take the lookup key from the price that has it.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such price.
        InvalidRequest: If it is its product's default and should no longer be active, its tax
            behaviour was specified before, or another price has the lookup key.
    """
    with UnitOfWork(tenant, at=at) as work:
        if changes.get("is_active") is False:
            _check_not_default(tenant, price_id)
        row = locking.lock(queries.prices(tenant), tenant, price_id, kind="price")
        before = resources.price(row)
        changes = dict(changes)
        wanted = changes.get("tax_behavior", row.tax_behavior)
        tax_behaviors.check(row.tax_behavior, wanted, kind="price")
        if "currency_options" in changes:
            changes["currency_options"] = _options(row, changes["currency_options"])
            before["currency_options"] = resources.price_currency_options(row)
        apply(row, changes)
        after = resources.price(row)
        shown = {name: after.get(name) for name in before}
        if "currency_options" in changes:
            shown["currency_options"] = resources.price_currency_options(row)
        if previous := previous_values(before, shown):
            if "lookup_key" in previous:
                new_prices.name(work, row, is_taken_over=transfer_lookup_key)
            work.update(row, *changes)
            work.emit("price.updated", tenant, after, previous)
    return row


def _check_not_default(tenant: Tenant, price_id: str) -> None:
    # The product is locked first, as where it is given its default.
    product_id = queries.price(tenant, price_id).product.public_id
    if products.lock(tenant, product_id, param="product").default_price_id == price_id:
        raise InvalidRequest(
            "This price cannot be archived because it is the default price of its product. Give "
            "the product another default_price first.",
            param="active",
        )


def _options(row: Price, options: Fields | None) -> JsonObject:
    if options is None:
        return {}
    return {**row.currency_options, **unit_amounts.currency_options(options, row.currency)}
