"""Intents whose payer has to act: asked, refused, no longer asked."""

from datetime import datetime

from core import request_context
from core.errors import InvalidRequest
from operations import recovery
from operations.unit_of_work import UnitOfWork
from payments.charges.services import intent_events
from payments.charges.services.actions import charge_actions
from payments.intents.services import attempt_errors
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Authentication, PaymentIntent, PaymentMethod
from payments.states import IntentStatus
from payments.three_d_secure.services import authentications


def check_present(method: PaymentMethod, session: ConfirmationOptions) -> None:
    """Refuse what a payer pays who is not there.

    Raises:
        InvalidRequest: If the payer is not there, or is not to do anything.
    """
    for is_given, param in (
        (session.is_off, "off_session"),
        (session.refuses_actions, "error_on_requires_action"),
    ):
        if is_given:
            raise InvalidRequest(
                f"A {method.type} is paid by the payer, who has to be there: leave {param} away.",
                code="payment_intent_invalid_parameter",
                param=param,
            )


def await_payer(
    work: UnitOfWork, intent: PaymentIntent, authentication: Authentication, *, is_refused: bool
) -> None:
    """Let an intent wait for its payer, or fail the attempt that would need the payer.

    Args:
        work: The unit of work, to which the caller adds the intent.
        intent: The intent, locked or new, with its payment method.
        authentication: What the payer's bank asks for.
        is_refused: True if the merchant takes no attempt that needs the payer.
    """
    if is_refused:
        event = "payment_intent.payment_failed"
        error = attempt_errors.action_refused(authentication.payment_method)
        intent.move_to(IntentStatus.REQUIRES_PAYMENT_METHOD)
        intent.payment_method = None
        intent.last_payment_error = error
    else:
        event = "payment_intent.requires_action"
        intent.move_to(IntentStatus.REQUIRES_ACTION)
        intent.authentication_id = authentication.id
        intent.last_payment_error = None
        intent.next_action = authentications.next_action(intent.return_url)
    intent_events.emit(event, intent, work)


def awaits_this_request(intent: PaymentIntent) -> bool:
    """Tell whether an earlier run of this request waits for the payer already."""
    return (
        recovery.is_under_way()
        and intent.status == IntentStatus.REQUIRES_ACTION
        and intent.authentication_id == request_context.reserved_id("tds")
    )


def cancel_authentication(work: UnitOfWork, intent: PaymentIntent, *, at: datetime) -> None:
    """Cancel the intent's authentication.

    A code, and what is open at a processor, are withdrawn only once all else is in order.
    """
    if charge_actions.is_open(intent):
        return
    authentications.cancel_open(work, intent, at=at)
    intent.next_action = None
    intent.move_to(IntentStatus.REQUIRES_CONFIRMATION)
