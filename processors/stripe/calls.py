"""Calls to Stripe: a change is made once, and what is no answer is no outcome."""

from collections.abc import Callable
from typing import Final, TypeVar

import stripe

from core.database.transactions import forbid_transaction
from processors.protocols.base import Action, Outcome
from processors.stripe import mapping

_REPLAYED: Final = "idempotent-replayed"

Answer = TypeVar("Answer")
Created = TypeVar("Created", stripe.PaymentIntent, stripe.SetupIntent)


def carry_out(
    action: Action,
    call: Callable[[], Outcome],
    *,
    instead: Callable[[], Outcome | None] | None = None,
) -> Outcome:
    """Call Stripe for a change, and return its outcome.

    Args:
        action: What it is.
        call: The function that makes the call.
        instead: If it is refused as wrong: says whether it has been done already, by whomever.
    """
    forbid_transaction()
    try:
        return call()
    except stripe.StripeError as error:
        done = None
        if instead and isinstance(error, stripe.InvalidRequestError):
            done = ask(instead)
        return done or mapping.failure(error, action)


def ask(call: Callable[[], Answer]) -> Answer:
    """Call Stripe to read; any failure means no answer.

    Raises:
        ProcessorUnavailable: If so.
    """
    forbid_transaction()
    try:
        return call()
    except stripe.StripeError as error:
        raise mapping.unavailable(error) from error


def once(key: str) -> stripe.RequestOptions:
    """Return the option with which a repeated request is made once."""
    return {"idempotency_key": key}


def current(created: Created, read: Callable[[str], Created]) -> Created:
    """Return what was created as it is now: an answer that is repeated may be an old one."""
    headers = created.last_response.headers if created.last_response else {}
    is_replayed = any(name.lower() == _REPLAYED for name in headers)
    return read(created.id) if is_replayed and created.status not in mapping.ENDED else created
