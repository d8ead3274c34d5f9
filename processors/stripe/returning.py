"""Payments whose payers are back, or never come back: Stripe is asked, and not the browser."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import stripe

from processors.protocols.accounts import RailAccount
from processors.protocols.base import FollowUp, Outcome, OutcomeStatus, ProcessorUnavailable
from processors.protocols.declines import Decline
from processors.stripe import browser, mapping, reading
from processors.stripe.client import client


def ask(account: RailAccount, request: FollowUp, state: Mapping[str, str]) -> Outcome:
    """Return how a payment or a setup stands.

    One that failed is stopped: its payer's browser knows its secret, and could pay it later with
    another card.
    """
    if setup := state.get(browser.SETUP):
        return reading.setup(account, setup)
    there = client(account)
    intent = _find(there, request, state.get(browser.PAYMENT))
    if intent.status in mapping.OPEN:
        intent = _cancel(there, intent)
    return reading.outcome(account, intent)


def stop(account: RailAccount, request: FollowUp) -> Outcome:
    """Stop a payment that waits for its payer, and return what has become of it."""
    there = client(account)
    intent = _find(there, request, None)
    before = intent.status
    if before in mapping.OPEN or before == "requires_action":
        intent = _cancel(there, intent)
    outcome = reading.outcome(account, intent)
    if intent.status != "canceled":
        return outcome
    why = Decline("canceled", "The payment was canceled before it was paid.")
    return replace(outcome, status=OutcomeStatus.DECLINED, decline=why)


def _find(there: stripe.StripeClient, request: FollowUp, kept: str | None) -> stripe.PaymentIntent:
    reference = request.charge_reference or kept
    found = reading.find_payment(there, request.charge_key, reference)
    if found is None:
        raise ProcessorUnavailable("The payment has not arrived yet.")
    return found


def _cancel(there: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.PaymentIntent:
    with suppress(stripe.InvalidRequestError):
        # Whoever was faster decides.
        there.v1.payment_intents.cancel(intent.id)
    return reading.payment(there, intent.id)
