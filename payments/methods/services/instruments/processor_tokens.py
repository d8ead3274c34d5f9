"""Tokens that processors' own browser libraries made of cards: `ACCOUNT:TOKEN`."""

import re
from datetime import datetime
from typing import Final

from core.errors import missing
from core.ids import new_id
from core.security.card_numbers import contains_card_number
from core.tenant import Tenant
from core.types import Fields
from payments.methods.services import card_details, fingerprints
from payments.methods.services.instruments import known_instruments
from payments.models import PaymentMethod
from processors import gateway, registry
from processors.protocols.instruments import ChargedCard

_PARAM: Final = "card[token]"
_NAMED: Final = re.compile(r"([a-z0-9][a-z0-9_-]{0,39}):(.+)", re.DOTALL)


def is_named(token: str) -> bool:
    """Tell whether a token says which processor account made it."""
    return _NAMED.fullmatch(token) is not None


def describe(tenant: Tenant, card: Fields | None) -> ChargedCard | None:
    """Ask the processor which card a token stands for; it may not answer. Before a transaction.

    Args:
        tenant: The merchant.
        card: As the wire has it; None if there is none.
    """
    found = _NAMED.fullmatch(str((card or {}).get("token", "")))
    if found is None or contains_card_number(found[2]):
        return None
    processor, token = found.groups()
    if not registry.takes_tokens(processor, livemode=tenant.livemode):
        return None
    return gateway.describe_card(processor, token)


def draft(tenant: Tenant, card: Fields, *, id: str | None = None, at: datetime) -> PaymentMethod:
    """Build a payment method of a processor's token, without saving it.

    What the card is, its processor says when it is charged, or when it is asked before; until then
    the expiry is the one that came with the token, if any did.

    Args:
        tenant: The merchant.
        card: `token`, and `exp_month` and `exp_year` if the merchant knows them.
        id: A reserved id.
        at: The moment of the request.

    Raises:
        Missing: If there is no such processor account for tokens in this mode.
        InvalidRequest: If the token is the number of a card.
    """
    found = _NAMED.fullmatch(card["token"])
    assert found is not None
    processor, token = found.groups()
    if contains_card_number(token):
        raise card_details.number_refused(_PARAM)
    if not registry.takes_tokens(processor, livemode=tenant.livemode):
        raise missing("processor account for tokens", processor, param=_PARAM)
    row = PaymentMethod(
        id=id or new_id("pm"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        instrument="",
        known_at=[processor],
        brand=known_instruments.UNKNOWN,
        funding=known_instruments.UNKNOWN,
        last4="",
        exp_month=card.get("exp_month"),
        exp_year=card.get("exp_year"),
        fingerprint=fingerprints.of(tenant, f"{processor}:{token}"),
        created_at=at,
    )
    row.drafted = known_instruments.draft(row, processor, token, at=at)
    return row
