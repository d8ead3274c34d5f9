"""Shipping rates: what a way of shipping costs. The wire has no events of them."""

from collections.abc import Mapping
from datetime import datetime

from checkout import queries
from checkout.catalog.services import tax_behaviors
from checkout.models import ShippingRate
from core import money, request_context
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork


def create(
    *,
    tenant: Tenant,
    fixed_amount: Fields,
    delivery_estimate: Fields | None = None,
    at: datetime,
    **details: object,
) -> ShippingRate:
    """Add a shipping rate.

    Args:
        tenant: The merchant.
        fixed_amount: `amount`, `currency` and `currency_options`.
        delivery_estimate: `minimum` and `maximum`, each with `unit` and `value`.
        at: The moment of the request.
        details: Columns.

    Raises:
        InvalidRequest: If an amount is finer than its currency is, or the estimate ends before it
            begins.
    """
    rate_id = request_context.reserved_id("shr")
    if done := recovery.resume(lambda: ShippingRate.objects.filter(id=rate_id).first()):
        return done
    with UnitOfWork(tenant, at=at) as work:
        return add(
            work,
            tenant,
            id=rate_id,
            fixed_amount=fixed_amount,
            delivery_estimate=delivery_estimate,
            **details,
        )


def add(
    work: UnitOfWork,
    tenant: Tenant,
    *,
    id: str,
    fixed_amount: Fields,
    delivery_estimate: Fields | None = None,
    **details: object,
) -> ShippingRate:
    """Add a shipping rate, within a unit of work. See `create`."""
    amount, currency = fixed_amount["amount"], fixed_amount["currency"]
    money.check_step(amount, currency, param="fixed_amount[amount]")
    row = ShippingRate(
        id=id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        amount=amount,
        currency=currency,
        currency_options=_options({}, fixed_amount.get("currency_options", {}), currency),
        delivery_estimate=_estimate(delivery_estimate),
        created_at=work.at,
        **details,
    )
    work.insert(row)
    return row


def update(*, tenant: Tenant, rate_id: str, changes: JsonObject, at: datetime) -> ShippingRate:
    """Change what may change of a shipping rate. Its amount and currency stay.

    Raises:
        Missing: If the merchant has no such rate.
        InvalidRequest: If its tax behaviour was specified before, or a further currency has no
            amount.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = locking.lock(queries.shipping_rates(tenant), tenant, rate_id, kind="shipping rate")
        changes = dict(changes)
        wanted = changes.get("tax_behavior", row.tax_behavior)
        tax_behaviors.check(row.tax_behavior, wanted, kind="shipping rate")
        options = changes.pop("fixed_amount", {}).get("currency_options")
        if options:
            changes["currency_options"] = _options(row.currency_options, options, row.currency)
        apply(row, changes)
        if changes:
            work.update(row, *changes)
    return row


def _options(before: Fields, options: Mapping[str, Fields], own_currency: str) -> JsonObject:
    """Return the amounts in further currencies after some were said."""
    found = dict(before)
    for currency, option in options.items():
        where = f"fixed_amount[currency_options][{currency}]"
        if currency == own_currency:
            raise InvalidRequest(
                f"{currency} is the currency of the rate itself. Name further ones only.",
                param=where,
            )
        new = {"tax_behavior": "unspecified", **found.get(currency, {}), **option}
        if "amount" not in new:
            raise InvalidRequest(
                f"Missing required param: {where}[amount].",
                code="parameter_missing",
                param=f"{where}[amount]",
            )
        money.check_step(new["amount"], currency, param=f"{where}[amount]")
        found[currency] = new
    return found


def _estimate(estimate: Fields | None) -> JsonObject | None:
    if not estimate:
        return None
    least, most = estimate.get("minimum"), estimate.get("maximum")
    if least and most and least["unit"] == most["unit"] and most["value"] < least["value"]:
        raise InvalidRequest(
            "The maximum is below the minimum.", param="delivery_estimate[maximum][value]"
        )
    return {"maximum": most, "minimum": least}
