"""The ways of shipping that a session offers."""

from collections.abc import Sequence

from checkout.models import CheckoutSession
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields
from operations.unit_of_work import UnitOfWork


def offer(
    work: UnitOfWork, tenant: Tenant, session: CheckoutSession, options: Sequence[Fields]
) -> None:
    """Set the ways of shipping that the payer chooses from; the first is chosen until then.

    Args:
        work: The unit of work, which gets the rates that are described.
        tenant: The merchant.
        session: The session, locked or new.
        options: What the request says of each.

    Raises:
        InvalidRequest: If there are any: sessions offer no shipping rates yet.
    """
    if options:
        raise InvalidRequest(
            "shipping_options: Sessions offer no shipping rates yet. Add shipping to line_items.",
            code="feature_not_supported",
            param="shipping_options",
        )
    session.shipping_options, session.shipping_rate_id = [], None
