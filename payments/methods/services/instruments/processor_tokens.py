"""Tokens that processors' own browser libraries made of cards and accounts: `ACCOUNT:TOKEN`."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeVar, cast

from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.security.card_numbers import contains_card_number
from core.tenant import Tenant
from core.types import Fields
from payments.methods.services import card_details, fingerprints
from payments.methods.services.instruments import known_instruments
from payments.models import PaymentMethod
from processors import gateway, registry
from processors.protocols.instruments import ChargedAccount, ChargedCard

# As this, what a processor says goes along with what was typed in; no call has such a parameter.
SHOWN: Final = "shown"
_NAMED: Final = re.compile(r"([a-z0-9][a-z0-9_-]{0,39}):(.+)", re.DOTALL)

# A payment method's id, what was typed in, or nothing.
Given = TypeVar("Given", bound="str | Fields | None")


def is_named(token: str) -> bool:
    """Tell whether a token says which processor account made it."""
    return _NAMED.fullmatch(token) is not None


def describe(tenant: Tenant, given: Given) -> Given:
    """Ask the processor what a token stands for; it may not answer. Before a transaction.

    Args:
        tenant: The merchant.
        given: The wire's `payment_method_data`; a payment method's id, or nothing, stays as it is.

    Returns:
        The same, with what the processor says of the token as `SHOWN`.
    """
    if given is None or isinstance(given, str):
        return given
    shown = _ask(tenant, given)
    return given if shown is None else cast(Given, {**given, SHOWN: shown})


def _ask(tenant: Tenant, data: Fields) -> ChargedCard | ChargedAccount | None:
    typed = data.get(data["type"])
    found = _NAMED.fullmatch(str(typed.get("token", ""))) if isinstance(typed, Mapping) else None
    if found is None or contains_card_number(found[2]):
        return None
    processor, token = found.groups()
    if not registry.takes_tokens(processor, livemode=tenant.livemode, method=data["type"]):
        return None
    shown = gateway.describe_token(processor, token)
    return shown if isinstance(shown, ChargedCard) == (data["type"] == "card") else None


def draft(
    tenant: Tenant, type: str, data: Fields, *, id: str | None = None, at: datetime
) -> PaymentMethod:
    """Build a payment method of a processor's token, without saving it.

    What the card or account is, its processor says when it is charged, or when it is asked before;
    until then the expiry of a card is the one that came with the token, if any did.

    Args:
        tenant: The merchant.
        type: Of the payment method.
        data: `token`, and `exp_month` and `exp_year` of a card if the merchant knows them.
        id: A reserved id.
        at: The moment of the request.

    Raises:
        Missing: If there is no such processor account for tokens in this mode.
        InvalidRequest: If the token is the number of a card.
    """
    found = _NAMED.fullmatch(data["token"])
    param = f"{type}[token]"
    if found is None:
        raise InvalidRequest(
            "Say at which processor account the token was made, and the token: ACCOUNT:TOKEN.",
            param=param,
        )
    processor, token = found.groups()
    if contains_card_number(token):
        raise card_details.number_refused(param)
    if not registry.takes_tokens(processor, livemode=tenant.livemode, method=type):
        raise missing("processor account for tokens", processor, param=param)
    unknown = known_instruments.UNKNOWN if type == "card" else ""
    row = PaymentMethod(
        id=id or new_id("pm"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        type=type,
        instrument="",
        known_at=[processor],
        brand=unknown,
        funding=unknown,
        last4="",
        exp_month=data.get("exp_month"),
        exp_year=data.get("exp_year"),
        fingerprint=fingerprints.of(tenant, f"{processor}:{token}"),
        created_at=at,
    )
    row.drafted = known_instruments.draft(row, processor, token, at=at)
    return row
