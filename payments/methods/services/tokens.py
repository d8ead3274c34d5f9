"""Tokens of cards, on their way from the browser to the merchant's server."""

from datetime import datetime

from core import request_context
from core.database.locking import lock_rows
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import JsonObject
from operations import recovery
from payments import queries
from payments.methods.services import card_details, fingerprints
from payments.models import Token


def create(*, tenant: Tenant, card: JsonObject, billing_details: JsonObject, at: datetime) -> Token:
    """Create a token of a card.

    Args:
        tenant: The merchant.
        card: `number`, `exp_month`, `exp_year`, `cvc`.
        billing_details: The payer's name and addresses.
        at: The moment of the request.

    Raises:
        CardError: If the number is not a card's, or has expired.
        InvalidRequest: In live mode, where card numbers may not come here.
    """
    token_id = request_context.reserved_id("tok")
    if done := recovery.resume(lambda: Token.objects.filter(id=token_id).first()):
        return done
    vaulted = card_details.find_card(tenant, card, at=at)
    return Token.objects.create(
        id=token_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        instrument=vaulted.instrument,
        exp_month=card["exp_month"],
        exp_year=card["exp_year"],
        fingerprint=fingerprints.of(tenant, vaulted.instrument),
        billing_details=billing_details,
        created_at=at,
    )


def use(tenant: Tenant, token_id: str, *, at: datetime) -> Token | None:
    """Use a merchant's token, once; None if it has no such token.

    Raises:
        InvalidRequest: If it was used before.
    """
    require_transaction()
    row = lock_rows(queries.tokens(tenant).filter(id=token_id)).first()
    if row is None:
        return None
    if row.used_at:
        raise InvalidRequest(
            f"You cannot use a token more than once: {token_id}.",
            code="token_already_used",
            param="card[token]",
        )
    row.used_at = at
    row.save(update_fields=["used_at"])
    return row
