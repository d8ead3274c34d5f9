"""Queries of checkout's rows."""

from django.db.models import QuerySet

from checkout.models import Price, Product
from core.database.lookups import one
from core.errors import missing
from core.tenant import Tenant


def products(tenant: Tenant) -> QuerySet[Product]:
    """Return all products of a merchant."""
    return Product.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def product(tenant: Tenant, product_id: str, *, param: str = "id") -> Product:
    """Return a merchant's product by the id that the wire shows.

    Raises:
        Missing: If there is none.
    """
    row = products(tenant).filter(public_id=product_id).first()
    if row is None:
        raise missing("product", product_id, param=param)
    return row


def prices(tenant: Tenant) -> QuerySet[Price]:
    """Return all prices of a merchant, with their products."""
    return Price.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("product")


def price(tenant: Tenant, price_id: str, *, param: str = "id") -> Price:
    """Return a merchant's price, with its product.

    Raises:
        Missing: If there is none.
    """
    return one(prices(tenant), price_id, kind="price", param=param)
