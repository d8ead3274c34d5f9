"""Products."""

from collections.abc import Mapping
from datetime import datetime

from checkout import queries, resources
from checkout.catalog.services import new_prices
from checkout.models import Price, Product
from core import request_context
from core.database import uniqueness
from core.database.locking import lock_rows
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply, previous_values
from operations import recovery
from operations.unit_of_work import UnitOfWork


def create(
    *,
    tenant: Tenant,
    default_price_data: Fields | None = None,
    at: datetime,
    **details: object,
) -> Product:
    """Add a product, with its default price if one is given.

    Args:
        tenant: The merchant.
        default_price_data: What is said of the price.
        at: The moment of the request.
        details: Columns of the product.

    Raises:
        InvalidRequest: If the merchant has a product of that id, or the price has no amount.
    """
    product_id = request_context.reserved_id("prod")
    if done := recovery.resume(lambda: Product.objects.filter(id=product_id).first()):
        return done
    with UnitOfWork(tenant, at=at) as work:
        price_id = request_context.reserved_id("price") if default_price_data else None
        row = add(work, tenant, id=product_id, default_price_id=price_id, **details)
        if default_price_data:
            new_prices.add(work, row, id=price_id, **default_price_data)
    return row


def add(work: UnitOfWork, tenant: Tenant, *, id: str | None = None, **details: object) -> Product:
    """Add a product, within a unit of work.

    Args:
        work: The unit of work.
        tenant: The merchant.
        id: A reserved key; None for a new one.
        details: Columns of the product.

    Raises:
        InvalidRequest: When the work is written, if the merchant has a product of that id.
    """
    key = id or new_id("prod")
    row = Product(
        id=key,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        created_at=work.at,
        updated_at=work.at,
        **{"public_id": key, **_columns(details)},
    )
    work.insert(row)
    work.explain(uniqueness.explain("product_id_is_unique", _taken(row.public_id)))
    work.emit("product.created", tenant, resources.product(row))
    return row


def update(*, tenant: Tenant, product_id: str, changes: JsonObject, at: datetime) -> Product:
    """Change a product's details.

    Raises:
        Missing: If the merchant has no such product, or it no such price.
        InvalidRequest: If the price that is to be the default is not active.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = lock(tenant, product_id)
        before = resources.product(row)
        changes = _columns(changes)
        if price_id := changes.pop("default_price", None):
            _check_default(row, price_id)
            changes["default_price_id"] = price_id
        apply(row, changes)
        previous = previous_values(before, resources.product(row))
        if previous:
            row.updated_at = at
            work.update(row, *changes, "updated_at")
            previous["updated"] = before["updated"]
            work.emit("product.updated", tenant, resources.product(row), previous)
    return row


def delete(*, tenant: Tenant, product_id: str, at: datetime) -> Product:
    """Delete a product that has no prices.

    Raises:
        Missing: If the merchant has no such product.
        InvalidRequest: If there is a price of it.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = lock(tenant, product_id)
        if row.prices.exists():
            raise InvalidRequest(
                "This product cannot be deleted because it has one or more prices. Archive it "
                "instead: set active to false.",
                param="id",
            )
        key = row.id
        row.delete()
        row.id = key
        work.emit("product.deleted", tenant, resources.product(row))
    return row


def lock(tenant: Tenant, product_id: str, *, param: str = "id") -> Product:
    """Return a merchant's product, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    row = lock_rows(queries.products(tenant)).filter(public_id=product_id).first()
    if row is None:
        raise missing("product", product_id, param=param)
    return row


def _check_default(row: Product, price_id: str) -> None:
    # Locked after its product, as the price's own update does.
    price = lock_rows(Price.objects.filter(product=row)).filter(id=price_id).first()
    if price is None:
        raise missing("price", price_id, param="default_price")
    if not price.is_active:
        raise InvalidRequest(
            "An inactive price cannot be the default price. Set its active to true first.",
            param="default_price",
        )


def _columns(params: Mapping[str, object]) -> JsonObject:
    """Return what was said as columns; what is unset of a list leaves it empty."""
    columns: JsonObject = dict(params)
    for name in ("images", "marketing_features"):
        if name in columns and columns[name] is None:
            columns[name] = []
    if features := columns.get("marketing_features"):
        columns["marketing_features"] = [one["name"] for one in features]
    if "tax_details" in columns:
        details = columns.pop("tax_details") or dict.fromkeys(("performance_location", "tax_code"))
        if columns.get("tax_code", details.get("tax_code")) != details.get("tax_code"):
            raise InvalidRequest(
                "tax_code and tax_details[tax_code] are one thing: send it once.",
                code="parameters_exclusive",
                param="tax_details[tax_code]",
            )
        columns |= details
    return columns


def _taken(public_id: str) -> InvalidRequest:
    return InvalidRequest(
        f"There is a product {public_id} already. Choose another id, or leave it out.",
        code="resource_already_exists",
        param="id",
    )
