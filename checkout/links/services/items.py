"""The lines of payment links as the wire shows them: what a payer would pay who changes nothing."""

from checkout import queries, resources
from checkout.models import CheckoutSession, CheckoutSessionLine, PaymentLink, Price
from checkout.resources import sessions as rendering
from checkout.sessions.services import carts
from core.types import JsonObject


def shown(link: PaymentLink) -> list[JsonObject]:
    """Return the lines of a link, in their order."""
    found = lines(link)
    rates = {row.id: row for row in carts.rates_of(link.tenant, found).values()}
    session = CheckoutSession(currency=link.currency)
    carts.compute_totals(session, found, rates=rates, discounts=[])
    wire_rates = {id: resources.tax_rate(row) for id, row in rates.items()}
    return [
        rendering.line_item(line, link.currency, rates=wire_rates, discounts={}) for line in found
    ]


def lines(link: PaymentLink) -> list[CheckoutSessionLine]:
    """Return the lines of a link with their prices and products; nothing is computed yet."""
    ids = {item["price"] for item in link.items}
    prices = {row.id: row for row in queries.prices(link.tenant).filter(id__in=ids)}
    return [_line(number, item, prices[item["price"]]) for number, item in enumerate(link.items)]


def _line(number: int, item: JsonObject, price: Price) -> CheckoutSessionLine:
    return CheckoutSessionLine(
        id=item["id"],
        position=number,
        price=price,
        quantity=item["quantity"],
        adjustable_quantity=item["adjustable_quantity"],
        chosen_amount=carts.preset(price),
        tax_rate_ids=item["tax_rates"],
        metadata={},
    )
