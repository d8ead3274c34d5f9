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
_MOST_METADATA: Final = 50


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
        named = instruments.used(account, request.instrument, request.method, request.permission)
    except instruments.NotAtStripe as error:
        return instruments.refused(error)
    wish: JsonObject = named | {
        "payment_method_types": [request.method],
        "confirm": True,
        "usage": _OFF_SESSION,
        "metadata": {mapping.OUR_KEY: request.key},
        "expand": list(mapping.EXPANDED_SETUP),
    }
    wish.setdefault("customer", instruments.customer(there, request.payer or request.key))
    wish |= instruments.agreed(request.permission)
    if request.return_url and request.permission is None:
        wish["return_url"] = request.return_url
    made = there.v1.setup_intents.create(cast("SetupIntentCreateParams", wish), once(request.key))
    now = current(made, lambda made_id: reading.setup_intent(there, made_id))
    return reading.setup_outcome(account, now)


def _payment(
    account: RailAccount, there: stripe.StripeClient, request: ChargeRequest
) -> JsonObject:
    named = instruments.used(account, request.instrument, request.method, request.permission)
    wish: JsonObject = named | {
        "amount": request.amount,
        "currency": request.currency,
        "payment_method_types": [request.method],
        "confirm": True,
        "capture_method": "automatic" if request.is_captured else "manual",
        "metadata": _metadata(request),
        "expand": list(mapping.EXPANDED),
    }
    if request.description:
        wish["description"] = request.description
    if request.is_off_session:
        wish[_OFF_SESSION] = True
    else:
        wish |= instruments.agreed(request.permission)
    if request.is_to_be_kept and not request.is_off_session:
        wish["setup_future_usage"] = _OFF_SESSION
        payer = request.payer or request.key
        if "customer" not in wish:
            wish["customer"] = instruments.customer(there, payer)
    # Who has agreed to be debited has nothing more to do there.
    if request.return_url and not request.is_off_session and request.permission is None:
        wish["return_url"] = request.return_url
    else:
        wish["error_on_requires_action"] = True
    suffix = mapping.suffix(request.statement) if request.method == "card" else None
    if suffix:
        wish["statement_descriptor_suffix"] = suffix
    return wish


def _metadata(request: ChargeRequest) -> JsonObject:
    """Return the merchant's own data, as much as there is room for beside our key."""
    theirs = [pair for pair in request.metadata.items() if pair[0] != mapping.OUR_KEY]
    return {**dict(theirs[: _MOST_METADATA - 1]), mapping.OUR_KEY: request.key}
