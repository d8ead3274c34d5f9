"""Card details as they are typed, and why they are refused."""

from datetime import datetime

from core.errors import CardError, InvalidRequest, missing
from core.security.card_numbers import mask
from core.tenant import Tenant
from core.types import JsonObject
from processors import registry
from processors.protocols.instruments import Card, InstrumentVault


def find_card(tenant: Tenant, card: JsonObject, *, at: datetime) -> Card:
    """Return the card of typed details, or of a test token.

    Args:
        tenant: The merchant.
        card: `number`, `exp_month`, `exp_year`, `cvc`; or `token`. A year of two digits is
            written out.
        at: The moment of the request.

    Raises:
        CardError: If the number is not a card's, or has expired.
        Missing: If there is no such test token.
        InvalidRequest: In live mode, where card numbers may not come here.
    """
    vault = registry.vault(livemode=tenant.livemode)
    if vault is None and "token" in card:
        raise missing("token", mask(card["token"][:100]), param="card[token]")
    if vault is None:
        raise number_refused("card[number]")
    if "token" in card:
        return _card_of_token(vault, card["token"])
    _check_expiry(card, at=at)
    cvc = card.get("cvc")
    if cvc is not None and not (cvc.isdigit() and len(cvc) in (3, 4)):
        raise _card_error("invalid_cvc", "Your card's security code is invalid.", "cvc")
    number = card.get("number", "").replace(" ", "").replace("-", "")
    if not number:
        raise InvalidRequest(
            "Missing required param: card[number].", code="parameter_missing", param="card[number]"
        )
    vaulted = vault.find_card(number)
    if vaulted is None:
        raise _number_error(number)
    return vaulted


def number_refused(param: str) -> InvalidRequest:
    """Make the error for the number of a card that may not come here, with the ways out."""
    return InvalidRequest(
        "The number of a card may not be sent to this API in live mode, so that nobody but the "
        "processor ever has it. Let the payer type it in where the processor's own fields are: on "
        "a hosted page, or on your page with the browser library; or send what the processor's "
        "browser library made of it, as card[token]=ACCOUNT:TOKEN.",
        code="card_number_not_allowed",
        param=param,
    )


def load_card(tenant: Tenant, instrument: str) -> Card:
    """Return a card that was kept for one use.

    Raises:
        LookupError: If its vault has lost it.
    """
    card = registry.load_card(instrument, livemode=tenant.livemode)
    if card is None:
        raise LookupError(f"The vault does not know {instrument}.")
    return card


def _card_of_token(vault: InstrumentVault, token: str) -> Card:
    vaulted = vault.find_card_by_token(token)
    if vaulted is None:
        raise missing("token", token, param="card[token]")
    return vaulted


def _check_expiry(card: JsonObject, *, at: datetime) -> None:
    month, year = card.get("exp_month", 0), card.get("exp_year", 0)
    if not 1 <= month <= 12:
        raise _card_error(
            "invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month"
        )
    year = card["exp_year"] = year + 2000 if 0 <= year < 100 else year
    if not at.year <= year <= at.year + 50 or (year, month) < (at.year, at.month):
        raise _card_error(
            "invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year"
        )


def _number_error(number: str) -> CardError:
    if not number.isdigit() or not 12 <= len(number) <= 19 or not _luhn(number):
        return _card_error("incorrect_number", "Your card number is incorrect.", "number")
    return CardError(
        "Your card was declined. Your request was in test mode, but used a card that is not a "
        "published test card. The test cards are listed in the documentation.",
        param="number",
        extra={"decline_code": "test_mode_live_card"},
    )


def _luhn(number: str) -> bool:
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _card_error(code: str, message: str, param: str) -> CardError:
    return CardError(message, code=code, param=param)
