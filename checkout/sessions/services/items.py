"""The lines of sessions as the wire shows them."""

from checkout import queries
from checkout.models import CheckoutSession
from checkout.resources import sessions as rendering
from core.types import JsonObject


def shown(session: CheckoutSession) -> list[JsonObject]:
    """Return the lines of a session, in their order; of optional items those that were taken."""
    lines = [line for line in queries.session_lines(session) if line.quantity]
    return [
        rendering.line_item(line, str(session.currency), rates={}, discounts={}) for line in lines
    ]
