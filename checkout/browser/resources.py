"""A checkout session as the library hands it to a merchant's page: amounts with their words."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from checkout import queries, resources
from checkout.models import CheckoutSession, CheckoutSessionLine, ShippingRate, TaxRate
from checkout.resources import sessions as rendering
from checkout.sessions.services import carts, collecting
from checkout.states import SessionStatus
from core import currencies
from core.money import Money
from core.types import Fields, JsonObject

_BPS_OF_PERCENT: Final = 100
# What such a page shows of sessions at Stripe, and no session of ours has.
_NONE: Final = (
    "currency_options", "recurring", "surcharge", "tax_id_info",
)  # fmt: skip


def elements_checkout(
    session: CheckoutSession, intent: Fields | None, saved: Sequence[JsonObject]
) -> JsonObject:
    """Render a session of `ui_mode: elements`: its names are those of the page, with underscores.

    Args:
        session: The session.
        intent: The wire's intent of it; None if nobody has tried to pay.
        saved: The wire's payment methods that its customer may pay with again.

    Returns:
        What the page is shown, beside what the payer types into the page itself.
    """
    lines = list(queries.session_lines(session))
    rates = carts.rates_of(session.tenant, lines)
    taken = [line for line in lines if line.quantity]
    totals = session.totals or {}
    return dict.fromkeys(_NONE) | {
        "id": session.id,
        "livemode": session.livemode,
        "currency": session.currency,
        "minor_units_amount_divisor": 10 ** currencies.exponent(session.currency or "usd"),
        "status": _status(session),
        "email": session.email or session.settings.get("customer_email"),
        "saved_payment_methods": _saved(session, saved),
        "last_payment_error": _last_error(session, intent),
        "line_items": [_line(session, line, rates) for line in taken],
        "optional_items": [_optional(session, line) for line in lines if line.is_optional],
        "discount_amounts": _discounts(session, totals.get("discounts", [])),
        "tax_amounts": _taxes(session, totals.get("taxes", []), rates),
        "tax": {"status": "ready"},
        "total": _total(session, rates),
        **_shipping(session),
    }


def _saved(session: CheckoutSession, saved: Sequence[JsonObject]) -> list[JsonObject] | None:
    """Render the saved cards, the only kind that pages know; None where none can be offered."""
    if rendering.saved_options(session) is None:
        return None
    parts = ("brand", "exp_month", "exp_year", "last4")
    return [
        {
            "id": one["id"],
            "type": "card",
            "card": {name: one["card"][name] for name in parts},
            "billing_details": {
                name: one["billing_details"][name] for name in ("address", "email", "name", "phone")
            },
        }
        for one in saved
        if one["type"] == "card"
    ]


def collects(session: CheckoutSession) -> JsonObject:
    """Say what the payer has to be asked before the session can be paid."""
    asked = session.settings
    return {
        "email": collecting.wants_email(session),
        "phone": rendering.asks_phone(session),
        "billing_address": asked.get("billing_address_collection") == "required",
        "shipping_address": bool(asked.get("shipping_address_collection")),
        "payment_method": bool(session.amount_total) or session.mode == "setup",
    }


def _last_error(session: CheckoutSession, intent: Fields | None) -> JsonObject | None:
    if intent is None or session.status != SessionStatus.OPEN:
        return None
    error = intent.get("last_payment_error") or intent.get("last_setup_error")
    return {"message": error["message"]} if error else None


def _amount(session: CheckoutSession, amount: int | Decimal | None) -> JsonObject:
    whole = int(Decimal(amount or 0).quantize(Decimal(1), ROUND_HALF_UP))
    return {
        "minor_units_amount": whole,
        "amount": str(Money(whole, session.currency)) if session.currency else "",
    }


def _status(session: CheckoutSession) -> JsonObject:
    if session.status != SessionStatus.COMPLETE:
        return {"type": str(session.status)}
    return {"type": "complete", "payment_status": str(session.payment_status)}


def _total(session: CheckoutSession, rates: Mapping[str, TaxRate]) -> JsonObject:
    totals = session.totals or {}
    by_kind = _by_kind(totals.get("taxes", []), rates)
    amounts = {
        "applied_balance": 0,
        "discount": totals.get("discount"),
        "shipping_rate": totals.get("shipping"),
        "subtotal": session.amount_subtotal,
        "surcharge": 0,
        "tax_exclusive": by_kind[False],
        "tax_inclusive": by_kind[True],
        "total": session.amount_total,
    }
    shown = {name: _amount(session, amount) for name, amount in amounts.items()}
    return shown | {"balance_applied_to_next_invoice": False}


def _by_kind(shares: list[JsonObject], rates: Mapping[str, TaxRate]) -> dict[bool, int]:
    """Add up taxes: those that are in the price already, and those that come on top."""
    found = {False: 0, True: 0}
    for share in shares:
        found[rates[share["rate"]].is_inclusive] += share["amount"]
    return found


def _taxes(
    session: CheckoutSession, shares: list[JsonObject], rates: Mapping[str, TaxRate]
) -> list[JsonObject]:
    found = []
    for share in shares:
        rate = resources.tax_rate(rates[share["rate"]])
        names = ("inclusive", "display_name", "percentage")
        found.append(_amount(session, share["amount"]) | {name: rate[name] for name in names})
    return found


def _discounts(session: CheckoutSession, shares: list[JsonObject]) -> list[JsonObject]:
    kept = {one["id"]: one for one in session.discounts}
    found = []
    for share in shares:
        one = kept[share["discount"]]
        coupon = queries.coupon_of_key(one["key"])
        bps = coupon.percent_off_bps
        found.append(
            _amount(session, share["amount"])
            | {
                "display_name": coupon.name or one["code"] or coupon.public_id,
                "promotion_code": one["code"],
                "recurring": None,
                "percent_off": None if bps is None else bps / _BPS_OF_PERCENT,
            }
        )
    return found


def _line(
    session: CheckoutSession, line: CheckoutSessionLine, rates: Mapping[str, TaxRate]
) -> JsonObject:
    by_kind = _by_kind(line.taxes, rates)
    amounts = {
        "discount": line.amount_discount,
        "subtotal": line.amount_subtotal,
        "tax_exclusive": by_kind[False],
        "tax_inclusive": by_kind[True],
        "total": line.amount_total,
    }
    return (
        _item(session, line)
        | {name: _amount(session, amount) for name, amount in amounts.items()}
        | {
            "id": line.id,
            "discount_amounts": _discounts(session, line.discounts),
            "tax_amounts": _taxes(session, line.taxes, rates),
            "is_removable": line.is_optional,
            "pricing": None,
            "transform_quantity": None,
        }
    )


def _optional(session: CheckoutSession, line: CheckoutSessionLine) -> JsonObject:
    adjustable = line.adjustable_quantity or {}
    # With how many it is taken.
    first = max(adjustable["minimum"], 1) if adjustable["enabled"] else adjustable["maximum"]
    shown = {"quantity": line.quantity or first, "is_selected": line.quantity > 0}
    return _item(session, line) | shown


def _item(session: CheckoutSession, line: CheckoutSessionLine) -> JsonObject:
    """Render what a line and an item that may become one have in common."""
    product, unit = line.price.product, carts.unit_amount(line, str(session.currency))
    given = line.adjustable_quantity or {}
    bounds = (
        {name: given[name] for name in ("minimum", "maximum")} if given.get("enabled") else None
    )
    return {
        "name": product.name,
        "description": product.description,
        "images": product.images,
        "price_id": line.price_id,
        "quantity": line.quantity,
        "adjustable_quantity": bounds,
        "recurring": None,
        "unit_amount": _amount(session, unit),
        "unit_amount_decimal": None,
        "unit_label": product.unit_label,
    }


def _shipping(session: CheckoutSession) -> JsonObject:
    ids = [option["shipping_rate"] for option in session.shipping_options]
    rows = queries.shipping_rates(session.tenant).filter(id__in=ids) if ids else ()
    known = {row.id: row for row in rows}
    options = [
        _shipping_option(session, one, known[one["shipping_rate"]])
        for one in session.shipping_options
    ]
    chosen = next((one for one in options if one["id"] == session.shipping_rate_id), None)
    shown = {"shipping_option": chosen, "tax_amounts": None} if chosen else None
    return {"shipping": shown, "shipping_options": options}


def _shipping_option(session: CheckoutSession, option: Fields, row: ShippingRate) -> JsonObject:
    return _amount(session, option["shipping_amount"]) | {
        "id": row.id,
        "currency": session.currency,
        "display_name": row.display_name,
        "delivery_estimate": row.delivery_estimate,
    }
