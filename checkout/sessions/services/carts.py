"""Carts: items become lines with prices, lines become amounts, and the wire shows both."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Final

from checkout import queries, resources
from checkout.catalog.services import new_prices, products
from checkout.models import CheckoutSession, CheckoutSessionLine, Price, Product, TaxRate
from checkout.resources import sessions as rendering
from checkout.totals import Discount, Line, Shipping, Tax, Totals, compute
from core import currencies
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from core.types import Fields, JsonObject
from operations.unit_of_work import UnitOfWork

MOST_ITEMS: Final = 100
MOST_PIECES: Final = 99
_PPM_OF_PERCENT: Final = 10_000


def read(
    work: UnitOfWork,
    tenant: Tenant,
    items: Sequence[Fields],
    *,
    currency: str | None,
    is_optional: bool = False,
    known: Collection[str] = (),
    where: str = "line_items",
) -> list[CheckoutSessionLine]:
    """Return the lines of items, not saved yet; prices that are described are made.

    Args:
        work: The unit of work, which gets new products and prices.
        tenant: The merchant.
        items: What the request says of each.
        currency: What they are paid in; None for the currency of the first.
        is_optional: True if the payer takes them or leaves them.
        known: Prices that the session has already, active or not.
        where: The parameter that holds them.

    Raises:
        InvalidRequest: If there is no such price, or it cannot be paid once in this currency.
    """
    found = _find_prices(work, tenant, items, where)
    currency = currency or found[0].currency
    lines = []
    for number, (item, price) in enumerate(zip(items, found, strict=True)):
        path = f"{where}[{number}]"
        _check_price(price, currency, path, is_known="price_data" in item or price.id in known)
        adjustable = _adjustable(item, path)
        if is_optional and not (adjustable and adjustable["enabled"]):
            # It is taken as it is offered.
            adjustable = {"enabled": False, "minimum": 0, "maximum": item["quantity"]}
        lines.append(
            CheckoutSessionLine(
                account_id=tenant.account_id,
                livemode=tenant.livemode,
                price=price,
                quantity=0 if is_optional else _quantity(item, price, path),
                adjustable_quantity=adjustable,
                chosen_amount=preset(price),
                is_optional=is_optional,
                tax_rate_ids=item.get("tax_rates") or [],
                metadata=item.get("metadata") or {},
            )
        )
    return lines


def rates_of(
    tenant: Tenant, lines: Sequence[CheckoutSessionLine], *, where: str = "line_items"
) -> dict[str, TaxRate]:
    """Return the tax rates of lines, by their ids.

    Raises:
        Missing: If the merchant has no such rate.
        InvalidRequest: If one stands at a line twice.
    """
    wanted = {rate_id for line in lines for rate_id in line.tax_rate_ids}
    if not wanted:
        return {}
    found = {row.id: row for row in queries.tax_rates(tenant).filter(id__in=wanted)}
    for number, line in enumerate(lines):
        for place, rate_id in enumerate(line.tax_rate_ids):
            path = f"{where}[{number}][tax_rates][{place}]"
            if rate_id not in found:
                raise missing("tax rate", rate_id, param=path)
            if rate_id in line.tax_rate_ids[:place]:
                raise InvalidRequest(f"{rate_id} stands there twice.", param=path)
    return found


def compute_totals(
    session: CheckoutSession,
    lines: Sequence[CheckoutSessionLine],
    *,
    rates: Mapping[str, TaxRate],
    discounts: Sequence[Discount],
) -> None:
    """Compute what a session comes to, and set it on the session and its lines."""
    currency = str(session.currency)
    shipping = _chosen_shipping(session)
    totals = compute(
        [_line(line, currency, rates) for line in lines],
        discounts,
        shipping,
        step=currencies.step(currency),
    )
    for line, amounts in zip(lines, totals.lines, strict=True):
        line.amount_subtotal = amounts.amount_subtotal
        line.amount_discount = amounts.amount_discount
        line.amount_tax = amounts.amount_tax
        line.amount_total = amounts.amount_total
        line.taxes = [
            {"rate": t.key, "amount": t.amount, "taxable_amount": t.taxable_amount}
            for t in amounts.taxes
        ]
        line.discounts = [{"discount": d.key, "amount": d.amount} for d in amounts.discounts]
    session.amount_subtotal = totals.subtotal
    session.amount_total = totals.total
    session.totals = _kept(totals, has_shipping=shipping is not None)


def shown(session: CheckoutSession) -> list[JsonObject]:
    """Return the lines of a session as the wire shows them; of optional items those taken."""
    lines = [line for line in queries.session_lines(session) if line.quantity]
    wanted = {rate_id for line in lines for rate_id in line.tax_rate_ids}
    rows = queries.tax_rates(session.tenant).filter(id__in=wanted) if wanted else ()
    rates = {row.id: resources.tax_rate(row) for row in rows}
    discounts = {kept["id"]: rendering.discount(session, kept) for kept in session.discounts}
    return [
        rendering.line_item(line, str(session.currency), rates=rates, discounts=discounts)
        for line in lines
    ]


def pieces(line: CheckoutSessionLine) -> int:
    """Return how many units a line costs: some prices are for several pieces together."""
    packed = line.price.transform_quantity
    if not packed:
        return int(line.quantity)
    whole, rest = divmod(line.quantity, packed["divide_by"])
    return int(whole) + bool(rest and packed["round"] == "up")


def unit_amount(line: CheckoutSessionLine, currency: str) -> int | Decimal:
    """Return what one unit of a line costs, in minor units."""
    if line.price.custom_unit_amount is not None:
        return line.chosen_amount or 0
    if line.price.currency == currency:
        return Decimal(str(line.price.unit_amount_decimal))
    return Decimal(str(line.price.currency_options[currency]["unit_amount_decimal"]))


def quantities(line: CheckoutSessionLine) -> tuple[range, ...]:
    """Return the quantities among which a payer may choose, as ranges; empty for no choice."""
    adjustable = line.adjustable_quantity or {}
    none = range(1)
    most = adjustable.get("maximum", 0)
    if not adjustable.get("enabled"):
        return (none, range(most, most + 1)) if line.is_optional else ()
    given = range(adjustable["minimum"], most + 1)
    return (none, range(max(given.start, 1), given.stop)) if line.is_optional else (given,)


def is_quantity(line: CheckoutSessionLine, number: int) -> bool:
    """Tell whether a payer may choose a quantity of a line."""
    return any(number in allowed for allowed in quantities(line))


def _find_prices(
    work: UnitOfWork, tenant: Tenant, items: Sequence[Fields], where: str
) -> list[Price]:
    named = {item["price"] for item in items if "price" in item}
    known = {p.id: p for p in queries.prices(tenant).filter(id__in=named)} if named else {}
    of = {item["price_data"].get("product") for item in items if "price_data" in item} - {None}
    sold = {p.public_id: p for p in queries.products(tenant).filter(public_id__in=of)} if of else {}
    found = []
    for number, item in enumerate(items):
        path = f"{where}[{number}]"
        if ("price" in item) == ("price_data" in item):
            raise InvalidRequest(
                f"Send one of {path}[price] and {path}[price_data].",
                code="parameters_exclusive" if "price" in item else "parameter_missing",
                param=f"{path}[price]",
            )
        if "price" in item:
            if item["price"] not in known:
                raise missing("price", item["price"], param=f"{path}[price]")
            found.append(known[item["price"]])
        else:
            found.append(_describe(work, tenant, item["price_data"], sold, path))
    return found


def _describe(
    work: UnitOfWork, tenant: Tenant, data: Fields, sold: Mapping[str, Product], path: str
) -> Price:
    """Make the price that an item describes, and its product, for this one use."""
    if ("product" in data) == ("product_data" in data):
        raise InvalidRequest(
            f"Send one of {path}[price_data][product] and {path}[price_data][product_data].",
            code="parameters_exclusive" if "product" in data else "parameter_missing",
            param=f"{path}[price_data][product]",
        )
    if "product" in data:
        product = sold.get(data["product"])
        if product is None:
            raise missing("product", data["product"], param=f"{path}[price_data][product]")
    else:
        product = products.add(work, tenant, is_active=False, **data["product_data"])
    amounts = {
        name: data[name]
        for name in ("currency", "tax_behavior", "unit_amount", "unit_amount_decimal")
        if name in data
    }
    return new_prices.add(work, product, is_active=False, **amounts)


def _check_price(price: Price, currency: str, path: str, *, is_known: bool) -> None:
    param = f"{path}[price]"
    if price.recurring is not None:
        raise InvalidRequest(
            "You specified `payment` mode but passed a recurring price. Use a price that is paid "
            "once: no subscriptions are made here. To charge again and again, save the payer's "
            "method with mode=setup.",
            param=param,
        )
    if not is_known and not (price.is_active and price.product.is_active):
        raise InvalidRequest(
            f"{price.id} or its product is not active. Activate it, or send another.", param=param
        )
    if currency not in {price.currency, *price.currency_options}:
        raise InvalidRequest(
            f"{price.id} has no amount in {currency}. Send prices of one currency, or give this "
            "one currency_options.",
            param=param,
        )


def _quantity(item: Fields, price: Price, path: str) -> int:
    quantity: int = item.get("quantity", 1)
    if price.custom_unit_amount is not None and quantity != 1:
        raise InvalidRequest(
            "Where the payer chooses the amount, the quantity is 1.", param=f"{path}[quantity]"
        )
    if quantity == 0:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=f"{path}[quantity]",
        )
    return quantity


def _adjustable(item: Fields, path: str) -> JsonObject | None:
    given = item.get("adjustable_quantity")
    if not given or not given["enabled"]:
        return given
    least, most = given.get("minimum", 0), given.get("maximum", MOST_PIECES)
    if not least <= item.get("quantity", 1) <= most:
        raise InvalidRequest(
            f"The quantity has to be from {least} to {most}, as adjustable_quantity says.",
            param=f"{path}[quantity]",
        )
    return {"enabled": True, "minimum": least, "maximum": most}


def preset(price: Price) -> int | None:
    """Return what a payer pays who does not choose an amount; None where it is not the payer's."""
    chosen = price.custom_unit_amount
    return None if chosen is None else chosen.get("preset") or chosen.get("minimum") or 0


def _line(line: CheckoutSessionLine, currency: str, rates: Mapping[str, TaxRate]) -> Line:
    return Line(
        key=f"{line.position:04}",
        unit_amount=unit_amount(line, currency),
        quantity=pieces(line),
        product=line.price.product.public_id,
        taxes=tuple(
            Tax(rate.id, Decimal(rate.percentage_ppm) / _PPM_OF_PERCENT, rate.is_inclusive)
            for rate in (rates[rate_id] for rate_id in line.tax_rate_ids)
        ),
    )


def _chosen_shipping(session: CheckoutSession) -> Shipping | None:
    for option in session.shipping_options:
        if option["shipping_rate"] == session.shipping_rate_id:
            return Shipping(option["shipping_amount"])
    return None


def _kept(totals: Totals, *, has_shipping: bool) -> JsonObject:
    cost = totals.shipping_cost
    return {
        "discount": totals.discount,
        "tax": totals.tax,
        "shipping": totals.shipping if has_shipping else None,
        "taxes": [
            {"rate": t.key, "amount": t.amount, "taxable_amount": t.taxable_amount}
            for t in totals.taxes
        ],
        "discounts": [{"discount": d.key, "amount": d.amount} for d in totals.discounts],
        "shipping_cost": {
            "amount_subtotal": cost.amount_subtotal,
            "amount_tax": cost.amount_tax,
            "amount_total": cost.amount_total,
        }
        if has_shipping
        else None,
    }
