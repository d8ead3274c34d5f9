"""How payments, setups and refunds stand at Stripe, and how they are found there."""

from dataclasses import replace

import stripe

from processors.protocols.accounts import RailAccount
from processors.protocols.base import Action, Inquiry, Outcome
from processors.stripe import browser, mapping
from processors.stripe.client import client

_MOST_REFUNDS = 100


def find(account: RailAccount, inquiry: Inquiry) -> Outcome | None:
    """Return a request's outcome; None if it is not found."""
    there = client(account)
    if inquiry.action is Action.VERIFY:
        # Nothing finds it by our key but the request itself, sent again.
        return setup(account, inquiry.charge_reference) if inquiry.charge_reference else None
    intent = find_payment(there, inquiry.charge_key, inquiry.charge_reference)
    if intent is None:
        return None
    match inquiry.action:
        case Action.CAPTURE:
            return mapping.capture(intent)
        case Action.VOID:
            return mapping.void(intent)
        case Action.REFUND:
            row = refund_of(there, intent.id, inquiry.key)
            return mapping.refund(row) if row else None
    return outcome(account, intent)


def outcome(account: RailAccount, intent: stripe.PaymentIntent) -> Outcome:
    """Map a PaymentIntent to the outcome of a charge, with its payer's next step."""
    return replace(mapping.payment(intent), next_action=browser.next_action(account, intent))


def setup(account: RailAccount, reference: str) -> Outcome:
    """Return the outcome of a setup, as it is now."""
    return setup_outcome(account, setup_intent(client(account), reference))


def setup_intent(there: stripe.StripeClient, id: str) -> stripe.SetupIntent:
    """Return a setup with its card."""
    return there.v1.setup_intents.retrieve(id, {"expand": list(mapping.EXPANDED_SETUP)})


def setup_outcome(account: RailAccount, intent: stripe.SetupIntent) -> Outcome:
    """Map a SetupIntent to the outcome of a verification, with its payer's next step."""
    return replace(mapping.setup(intent), next_action=browser.next_action(account, intent))


def payment(there: stripe.StripeClient, id: str) -> stripe.PaymentIntent:
    """Return a payment with the charge of its last try."""
    return there.v1.payment_intents.retrieve(id, {"expand": list(mapping.EXPANDED)})


def find_payment(
    there: stripe.StripeClient, key: str, reference: str | None
) -> stripe.PaymentIntent | None:
    """Return the payment that is a charge of ours; None if it is not found.

    Args:
        there: The client.
        key: The charge's id here.
        reference: Its id there, if it is known.
    """
    if reference:
        return payment(there, reference)
    found = there.v1.payment_intents.search(
        {
            "query": f"metadata['{mapping.OUR_KEY}']:'{key}'",
            "expand": [f"data.{path}" for path in mapping.EXPANDED],
        }
    )
    # Whatever a search finds: another payment is never taken for this one.
    return next((row for row in found.data if is_ours(row, key)), None)


def refund_of(there: stripe.StripeClient, payment: str, key: str) -> stripe.Refund | None:
    """Return the refund of a payment that has our key; None if there is none."""
    rows = there.v1.refunds.list({"payment_intent": payment, "limit": _MOST_REFUNDS})
    for row in rows.auto_paging_iter():
        if is_ours(row, key):
            return row
    return None


def is_ours(row: stripe.PaymentIntent | stripe.Refund, key: str) -> bool:
    """Tell whether an object there was made for a request of ours."""
    return bool(row.metadata and row.metadata.to_dict().get(mapping.OUR_KEY) == key)
