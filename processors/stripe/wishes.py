"""What is asked of Stripe: payments and setups, with our ids as keys."""

from typing import TYPE_CHECKING, Final, cast

import stripe

from core.types import JsonObject
from processors.protocols.accounts import RailAccount
from processors.protocols.base import ChargeRequest, Outcome, VerifyRequest
from processors.stripe import instruments, mapping, reading
from processors.stripe.calls import current, once
from processors.stripe.client import client

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams, SetupIntentCreateParams

_OFF_SESSION: Final = "off_session"


def pay(account: RailAccount, request: ChargeRequest) -> Outcome:
    """Make a payment and confirm it."""
    there = client(account)
    try:
        wish = _payment(account, there, request)
    except instruments.NotAtStripe as error:
        return instruments.refused(error)
    made = there.v1.payment_intents.create(
        cast("PaymentIntentCreateParams", wish), once(request.key)
    )
    return reading.outcome(account, current(made, lambda made_id: reading.payment(there, made_id)))


def set_up(account: RailAccount, request: VerifyRequest) -> Outcome:
    """Make a setup and confirm it."""
    there = client(account)
    try:
        named = instruments.used(account, request.instrument)
    except instruments.NotAtStripe as error:
        return instruments.refused(error)
    wish: JsonObject = named | {
        "payment_method_types": ["card"],
        "confirm": True,
        "usage": _OFF_SESSION,
        "metadata": {mapping.OUR_KEY: request.key},
        "expand": list(mapping.EXPANDED_SETUP),
    }
    wish.setdefault("customer", instruments.customer(there, request.payer or request.key))
    if request.return_url:
        wish["return_url"] = request.return_url
    made = there.v1.setup_intents.create(cast("SetupIntentCreateParams", wish), once(request.key))
    now = current(made, lambda made_id: reading.setup_intent(there, made_id))
    return reading.setup_outcome(account, now)


def _payment(
    account: RailAccount, there: stripe.StripeClient, request: ChargeRequest
) -> JsonObject:
    wish: JsonObject = instruments.used(account, request.instrument) | {
        "amount": request.amount,
        "currency": request.currency,
        "payment_method_types": ["card"],
        "confirm": True,
        "capture_method": "automatic" if request.is_captured else "manual",
        "metadata": {mapping.OUR_KEY: request.key},
        "expand": list(mapping.EXPANDED),
    }
    if request.is_off_session:
        wish[_OFF_SESSION] = True
    elif request.is_to_be_kept:
        wish["setup_future_usage"] = _OFF_SESSION
        payer = request.payer or request.key
        if "customer" not in wish:
            wish["customer"] = instruments.customer(there, payer)
    if request.return_url and not request.is_off_session:
        wish["return_url"] = request.return_url
    else:
        wish["error_on_requires_action"] = True
    if suffix := mapping.suffix(request.statement):
        wish["statement_descriptor_suffix"] = suffix
    return wish
