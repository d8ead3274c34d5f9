"""Loaders of checkout's objects, for `expand`."""

from collections.abc import Callable, Sequence
from datetime import datetime

from api.answers import expand
from api.lists.pagination import wire_list
from checkout import queries, resources
from checkout.links.services import items
from checkout.models import Coupon, Price
from checkout.sessions.services import carts
from core.tenant import Tenant
from core.types import Fields, JsonObject

# How many lines an object holds; the rest are listed.
_INSIDE = 10


def register() -> None:
    """Register the loaders, once the app is ready."""
    expand.register(["price"], _of_prices(resources.price), resource="prices")
    expand.register(["txr"], _tax_rates, resource="tax_rates")
    expand.register(["shr"], _shipping_rates, resource="shipping_rates")
    expand.register(["promo"], _promotion_codes, resource="promotion_codes")
    expand.register(["cs_test", "cs_live"], _sessions, resource="checkout_sessions")
    expand.register_field(
        "checkout.session", "line_items", _session_lines, resource="checkout_sessions"
    )
    expand.register_field(
        "checkout.session",
        "total_details.breakdown",
        _session_breakdowns,
        resource="checkout_sessions",
    )
    expand.register(["plink"], _payment_links, resource="payment_links")
    expand.register_field("payment_link", "line_items", _link_lines, resource="payment_links")
    expand.register_chosen("product", _products, resource="products")
    expand.register_chosen("coupon", _coupons, resource="coupons")
    expand.register_field(
        "price",
        "currency_options",
        _of_prices(resources.price_currency_options),
        resource="prices",
    )
    # A price has one amount per unit.
    expand.register_field("price", "tiers", _of_prices(lambda row: None), resource="prices")
    for field, render in (
        ("applies_to", resources.coupon_applies_to),
        ("currency_options", resources.coupon_currency_options),
    ):
        expand.register_field("coupon", field, _of_coupons(render), resource="coupons")
    expand.register_field(
        "promotion_code",
        "coupon",
        _coupons_of_promotion_codes,
        resource="coupons",
        is_former=True,
    )


def _products(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.products(tenant).filter(public_id__in=ids)
    return {row.public_id: resources.product(row) for row in rows}


def _of_prices(render: Callable[[Price], object]) -> expand.Loader:
    def load(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
        return {row.id: render(row) for row in queries.prices(tenant).filter(id__in=ids)}

    return load


def _tax_rates(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    return {row.id: resources.tax_rate(row) for row in queries.tax_rates(tenant).filter(id__in=ids)}


def _shipping_rates(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.shipping_rates(tenant).filter(id__in=ids)
    return {row.id: resources.shipping_rate(row) for row in rows}


def _coupons(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    deleted = queries.deleted_coupons(tenant).filter(public_id__in=ids)
    found = {row.public_id: resources.deleted_coupon(row) for row in deleted}
    # One of the same id that was made later comes before it.
    rows = queries.coupons(tenant).filter(public_id__in=ids)
    return found | {row.public_id: resources.coupon(row, at=at) for row in rows}


def _of_coupons(render: Callable[[Coupon], object]) -> expand.Loader:
    def load(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
        rows = queries.coupons(tenant).filter(public_id__in=ids)
        return {row.public_id: render(row) for row in rows}

    return load


def _promotion_codes(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.promotion_codes(tenant).filter(id__in=ids)
    return {row.id: resources.promotion_code(row, at=at) for row in rows}


def _coupons_of_promotion_codes(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.promotion_codes(tenant).filter(id__in=ids)
    return {row.id: resources.coupon(row.coupon, at=at) for row in rows}


def _sessions(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.with_capabilities(queries.checkout_sessions(tenant).filter(id__in=ids))
    return {row.id: resources.checkout_session(row) for row in rows}


def _session_lines(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.checkout_sessions(tenant).filter(id__in=ids)
    return {
        row.id: _inside(carts.shown(row), f"/v1/checkout/sessions/{row.id}/line_items")
        for row in rows
    }


def _session_breakdowns(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = list(queries.checkout_sessions(tenant).filter(id__in=ids))
    wanted = {share["rate"] for row in rows for share in (row.totals or {}).get("taxes", [])}
    rates = _tax_rates(list(wanted), tenant, at) if wanted else {}
    return {row.id: resources.session_breakdown(row, rates=rates) for row in rows}


def _payment_links(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.payment_links(tenant).filter(id__in=ids)
    return {row.id: resources.payment_link(row) for row in rows}


def _link_lines(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.payment_links(tenant).filter(id__in=ids)
    return {
        row.id: _inside(items.shown(row), f"/v1/payment_links/{row.id}/line_items") for row in rows
    }


def _inside(lines: Sequence[JsonObject], url: str) -> JsonObject:
    return wire_list(lines[:_INSIDE], dict, has_more=len(lines) > _INSIDE, url=url)
