"""What the page of a payment link shows."""

from checkout.hosted import branding
from checkout.links.services import items
from checkout.models import PaymentLink
from core.money import Money
from core.types import JsonObject


def context(link: PaymentLink) -> JsonObject:
    """Return the context of every page of a link."""
    brand = branding.of_link(link)
    return {"brand": brand, "merchant": brand.merchant, "is_live": link.livemode}


def order(link: PaymentLink) -> JsonObject:
    """Return what is sold, and what it comes to before the payer chooses anything."""
    found = items.shown(link)
    is_open = any(line["price"]["custom_unit_amount"] for line in found)
    total = sum(line["amount_total"] for line in found)
    return {
        "lines": [_line(line, link.currency) for line in found],
        "total": "" if is_open else str(Money(total, link.currency)),
        "names": ", ".join(str(line["description"]) for line in found),
    }


def closed(link: PaymentLink) -> JsonObject:
    """Return what is shown of a link that takes no payments any more."""
    return {"template": "checkout/closed.html", "message": link.settings.get("inactive_message")}


def _line(line: JsonObject, currency: str) -> JsonObject:
    is_chosen = line["price"]["custom_unit_amount"] is not None
    return {
        "name": line["description"],
        "quantity": line["quantity"],
        "amount": "" if is_chosen else str(Money(line["amount_subtotal"], currency)),
    }
