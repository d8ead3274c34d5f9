"""Errors of attempts, each with its intent or its payment method."""

from collections.abc import Sequence

from core.errors import CardError, InvalidRequest
from core.types import JsonObject
from payments import resources
from payments.charges.services import charge_outcomes
from payments.models import Charge, PaymentIntent, PaymentMethod
from payments.states import ChargeStatus, IntentStatus


class UnexpectedState(InvalidRequest):
    """The intent's status does not allow the operation."""

    default_code = "payment_intent_unexpected_state"


def unexpected_state(
    intent: PaymentIntent, verb: str, needed: Sequence[IntentStatus]
) -> UnexpectedState:
    """Build the error for an intent in the wrong status, with the intent in it."""
    return UnexpectedState(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent.status}. Only a "
        f"PaymentIntent with one of the following statuses may be used: {', '.join(needed)}.",
        extra={"payment_intent": resources.payment_intent(intent)},
    )


def authentication_error(method: PaymentMethod) -> JsonObject:
    """Return the wire's error of an intent whose payer failed authentication."""
    return {
        "code": "payment_intent_authentication_failure",
        "message": "The provided PaymentMethod has failed authentication. You can provide "
        "payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent "
        "again.",
        "payment_method": resources.payment_method(method),
        "type": "invalid_request_error",
    }


def action_refused(method: PaymentMethod) -> JsonObject:
    """Return the wire's error of an attempt that may not wait for the payer."""
    return {
        "code": "authentication_required",
        "message": "Your card was declined. This transaction requires authentication.",
        "payment_method": resources.payment_method(method),
        "type": "card_error",
    }


def refusal(intent: PaymentIntent) -> CardError | None:
    """Build the error of an attempt that may not wait for the payer; None for other attempts."""
    error = intent.last_payment_error
    if not error or error.get("code") != "authentication_required" or "charge" in error:
        return None
    return CardError(
        error["message"],
        code=error["code"],
        extra={
            "payment_intent": resources.payment_intent(intent),
            "payment_method": error["payment_method"],
        },
    )


def check_answer(charge: Charge) -> PaymentIntent:
    """Return the intent of a charge that its rail has answered.

    Raises:
        CardError: If it was declined. Inside a transaction that would undo the record of it.
    """
    if charge.status == ChargeStatus.FAILED:
        raise _card_error(charge)
    return charge.payment_intent


def _card_error(charge: Charge) -> CardError:
    error = charge_outcomes.error_of(charge)
    intent = charge.payment_intent
    return CardError(
        str(error.pop("message")),
        code=str(error.pop("code")),
        extra=error
        | {
            "payment_intent": resources.payment_intent(intent),
            "payment_method": resources.payment_method(charge.payment_method),
        },
    )
