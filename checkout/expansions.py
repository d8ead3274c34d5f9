"""Loaders of checkout's objects, for `expand`."""

from collections.abc import Callable, Sequence
from datetime import datetime

from api.answers import expand
from checkout import queries, resources
from checkout.models import Price
from core.tenant import Tenant
from core.types import Fields


def register() -> None:
    """Register the loaders, once the app is ready."""
    expand.register(["price"], _of_prices(resources.price), resource="prices")
    expand.register_chosen("product", _products, resource="products")
    expand.register_field(
        "price",
        "currency_options",
        _of_prices(resources.price_currency_options),
        resource="prices",
    )
    # A price has one amount per unit.
    expand.register_field("price", "tiers", _of_prices(lambda row: None), resource="prices")


def _products(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.products(tenant).filter(public_id__in=ids)
    return {row.public_id: resources.product(row) for row in rows}


def _of_prices(render: Callable[[Price], object]) -> expand.Loader:
    def load(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
        return {row.id: render(row) for row in queries.prices(tenant).filter(id__in=ids)}

    return load
