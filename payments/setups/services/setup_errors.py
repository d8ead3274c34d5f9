"""Errors of attempts to save a payment method, each with its intent."""

from collections.abc import Sequence

from core.errors import CardError, InvalidRequest
from payments import resources
from payments.models import SetupAttempt, SetupIntent
from payments.states import SetupAttemptStatus, SetupStatus


class UnexpectedState(InvalidRequest):
    """The intent's status does not allow the operation."""

    default_code = "setup_intent_unexpected_state"


def unexpected_state(
    intent: SetupIntent, verb: str, needed: Sequence[SetupStatus]
) -> UnexpectedState:
    """Build the error for an intent in the wrong status, with the intent in it."""
    return UnexpectedState(
        f"You cannot {verb} this SetupIntent because it has a status of {intent.status}. Only a "
        f"SetupIntent with one of the following statuses may be used: {', '.join(needed)}.",
        extra={"setup_intent": resources.setup_intent(intent)},
    )


def check_answer(attempt: SetupAttempt) -> SetupIntent:
    """Return the intent of an attempt that the rail has answered.

    Raises:
        CardError: If it declined.
    """
    intent = attempt.setup_intent
    if attempt.status == SetupAttemptStatus.FAILED:
        error = dict(attempt.setup_error or {})
        error.pop("type")
        raise CardError(
            str(error.pop("message")),
            code=str(error.pop("code")),
            extra=error | {"setup_intent": resources.setup_intent(intent)},
        )
    return intent
