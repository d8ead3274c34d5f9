"""Cards as new payment methods: typed in, tested with, or made by a processor's library."""

from datetime import datetime

from core.ids import new_id
from core.tenant import Tenant
from core.types import JsonObject
from payments.methods.services import card_details, fingerprints, tokens
from payments.methods.services.instruments import processor_tokens
from payments.models import PaymentMethod
from processors.protocols.instruments import Card


def draft(
    tenant: Tenant, card: JsonObject, *, id: str | None = None, at: datetime
) -> PaymentMethod:
    """Build a payment method of a card, without saving it.

    Args:
        tenant: The merchant.
        card: The wire's: a number with what belongs to it, or a `token`.
        id: A reserved id.
        at: The moment of the request.

    Raises:
        CardError: If the number is not a card's, or has expired.
        InvalidRequest: See `payment_methods.create`.
    """
    if processor_tokens.is_named(card.get("token", "")):
        return processor_tokens.draft(tenant, "card", card, id=id, at=at)
    if token := tokens.use(tenant, card["token"], at=at) if "token" in card else None:
        row = of_vault(tenant, card_details.load_card(tenant, token.instrument), at=at, id=id)
        row.exp_month, row.exp_year = token.exp_month, token.exp_year
        row.billing_details = token.billing_details
        return row
    row = of_vault(tenant, card_details.find_card(tenant, card, at=at), at=at, id=id)
    row.exp_month = card.get("exp_month", row.exp_month)
    row.exp_year = card.get("exp_year", row.exp_year)
    return row


def of_vault(tenant: Tenant, card: Card, *, at: datetime, id: str | None = None) -> PaymentMethod:
    """Build a payment method of a card that the vault knows, without saving it."""
    return PaymentMethod(
        id=id or new_id("pm"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        instrument=card.instrument,
        brand=card.brand,
        funding=card.funding,
        country=card.country,
        last4=card.last4,
        exp_month=at.month,
        exp_year=at.year + 1,
        fingerprint=fingerprints.of(tenant, card.instrument),
        created_at=at,
    )
