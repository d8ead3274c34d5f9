"""What Stripe wants the payer to do, in our words."""

from typing import Final

import stripe

from processors.protocols.accounts import RailAccount
from processors.protocols.next_actions import ActionKind, ActionScript, NextAction
from processors.stripe.about import PUBLISHABLE_KEY

SCRIPT = "stripe"
# Source: Stripe's page on content security policies.
SCRIPTS: Final = {
    SCRIPT: ActionScript(
        "processors/stripe.js",
        ("https://js.stripe.com", "https://api.stripe.com", "https://hooks.stripe.com"),
    )
}
# In what is kept until the payer is back.
PAYMENT, SETUP = "payment_intent", "setup_intent"


def of(
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
        fields = {PUBLISHABLE_KEY: key, "client_secret": intent.client_secret}
        return NextAction(ActionKind.SCRIPT, script=SCRIPT, fields=fields, state=state)
    return None
