"""The lines of sessions as the wire shows them."""

from checkout import queries, resources
from checkout.models import CheckoutSession
from checkout.resources import sessions as rendering
from core.types import JsonObject


def shown(session: CheckoutSession) -> list[JsonObject]:
    """Return the lines of a session, in their order; of optional items those that were taken."""
    lines = [line for line in queries.session_lines(session) if line.quantity]
    wanted = {rate_id for line in lines for rate_id in line.tax_rate_ids}
    rows = queries.tax_rates(session.tenant).filter(id__in=wanted) if wanted else ()
    rates = {row.id: resources.tax_rate(row) for row in rows}
    discounts = {kept["id"]: rendering.discount(session, kept) for kept in session.discounts}
    return [
        rendering.line_item(line, str(session.currency), rates=rates, discounts=discounts)
        for line in lines
    ]
