"""What payers' browsers do for Stripe: fields to type cards into, and the payer's next step."""

from typing import Final

import stripe

from core.security.origins import origin_of
from processors.protocols.accounts import RailAccount
from processors.protocols.instruments import CardFields
from processors.protocols.next_actions import ActionKind, ActionScript, NextAction
from processors.stripe.about import LIBRARY, LIBRARY_ADDRESS, PUBLISHABLE_KEY

# The word by which our page knows the script that performs a payer's step.
SCRIPT: Final = "stripe"
# In what is kept until the payer is back.
PAYMENT: Final = "payment_intent"
SETUP: Final = "setup_intent"
# Source: Stripe's page on content security policies.
_SCRIPTS: Final = ("https://js.stripe.com", "https://*.js.stripe.com")
_CONNECTIONS: Final = ("https://api.stripe.com",)
_FRAMES: Final = (*_SCRIPTS, "https://hooks.stripe.com")


def library_of(account: RailAccount) -> str:
    """Return the address of the library."""
    return account.credentials.get(LIBRARY) or LIBRARY_ADDRESS


def script_of(account: RailAccount) -> ActionScript:
    """Return what performs a payer's step in our page."""
    scripts, connections, frames = _sources(account)
    return ActionScript(
        "processors/stripe.js", tuple(dict.fromkeys((*scripts, *connections, *frames)))
    )


def card_fields(account: RailAccount) -> CardFields | None:
    """Return what shows Stripe's card fields; None without a publishable key."""
    key = account.credentials.get(PUBLISHABLE_KEY)
    if not key:
        return None
    settings = {"library": library_of(account), PUBLISHABLE_KEY: key}
    return CardFields("processors/stripe_fields.js", settings, *_sources(account))


def next_action(
    account: RailAccount, intent: stripe.PaymentIntent | stripe.SetupIntent
) -> NextAction | None:
    """Return the payer's next step; None if there is none that a browser can perform."""
    action = intent.next_action
    state = {PAYMENT if isinstance(intent, stripe.PaymentIntent) else SETUP: intent.id}
    if action is None:
        return None
    if action.type == "redirect_to_url" and action.redirect_to_url:
        return NextAction(ActionKind.REDIRECT, url=action.redirect_to_url.url or "", state=state)
    key = account.credentials.get(PUBLISHABLE_KEY)
    if action.type == "use_stripe_sdk" and key and intent.client_secret:
        # The secret is this payment's alone: it lets a browser see and perform its steps.
        fields = {
            "library": library_of(account),
            PUBLISHABLE_KEY: key,
            "client_secret": intent.client_secret,
        }
        return NextAction(ActionKind.SCRIPT, script=SCRIPT, fields=fields, state=state)
    return None


def _sources(account: RailAccount) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return where the library is loaded from, what it asks, and what it shows."""
    address = library_of(account)
    if address == LIBRARY_ADDRESS:
        return _SCRIPTS, _CONNECTIONS, _FRAMES
    # Another one that speaks its protocol, such as a second Rialto's, is all at one place.
    there = (origin_of(address) or "'none'",)
    return there, there, there
