"""The first half of attempts: the intent takes its method, and a charge is started."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from core.types import Fields, JsonObject
from operations.unit_of_work import UnitOfWork
from payments import method_types, resources
from payments.charges.services import intent_events, started_charges
from payments.charges.services.started_charges import StartedCharge
from payments.intents.services import withdrawals
from payments.methods.confirmation_options import NO_OPTIONS, ConfirmationOptions
from payments.methods.services import mandates, method_rules, payment_methods
from payments.models import Authentication, Charge, PaymentIntent, PaymentMethod
from payments.states import AuthenticationStatus, IntentStatus
from payments.three_d_secure.services import authentications
from processors import registry

# The columns of an intent that starting an attempt changes.
STARTED: Final = (
    "status", "payment_method", "latest_charge_id", "processing_since", "last_payment_error",
    "next_action", "authentication_id", "return_url",
)  # fmt: skip


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


def use(work: UnitOfWork, intent: PaymentIntent, method_id: str | Fields, *, at: datetime) -> None:
    """Set the payment method that an intent will charge.

    Raises:
        Missing: If the merchant has no such payment method.
        InvalidRequest: If the payment method is another customer's, or cannot pay the intent.
    """
    require_transaction()
    method = payment_methods.find(intent.tenant, method_id, is_locked=True, at=at)
    if method.customer_id and method.customer_id != intent.customer_id:
        raise InvalidRequest(
            "The provided PaymentMethod belongs to a customer. To use it, also pass that "
            "customer as `customer`.",
            code="payment_intent_invalid_parameter",
            param="payment_method",
        )
    method_rules.check(intent, method)
    if method._state.adding:
        work.insert(method)
    intent.payment_method = method
    if intent.status == IntentStatus.REQUIRES_PAYMENT_METHOD:
        intent.move_to(IntentStatus.REQUIRES_CONFIRMATION)


def begin(
    work: UnitOfWork,
    intent: PaymentIntent,
    *,
    session: ConfirmationOptions,
    columns: Sequence[str] | None,
    at: datetime,
    charge_id: str | None = None,
) -> StartedCharge | None:
    """Start an attempt, or have the payer's bank authenticate the payer first.

    Args:
        work: The unit of work, which ends after this.
        intent: The intent, locked or new.
        session: The options of the confirmation.
        columns: What changed of the intent besides; None if it is new.
        at: The moment of the request.
        charge_id: A reserved id.

    Returns:
        The charge that was started; None if there is none: the payer has to act, or the
        attempt has failed for that.

    Raises:
        UnexpectedState: If the intent has no payment method.
        InvalidRequest: If there is no rail for it.
    """
    intent.return_url = session.return_url or intent.return_url
    method = _method_of(intent)
    method_rules.check(intent, method)
    if method_types.of(method.type).is_push:
        _check_payer_is_there(method, session)
    withdrawals.check_not_shown(intent)
    authentication = None
    if not session.is_off:
        may_challenge = not session.refuses_actions
        authentication = authentications.ask(work, intent, at=at, may_challenge=may_challenge)
    if authentication is None or authentication.status == AuthenticationStatus.SUCCEEDED:
        charge = start(
            work, intent, at=at, charge_id=charge_id, evidence=authentication, session=session
        )
        if authentication is not None and not authentication._state.adding:
            work.update(authentication, "charge_id")
        if columns is not None:
            work.update(intent, *STARTED, *columns)
        return started_charges.begin(work, charge)
    if session.refuses_actions:
        _refuse_action(work, intent, method)
    else:
        intent.move_to(IntentStatus.REQUIRES_ACTION)
        intent.authentication_id = authentication.id
        intent.last_payment_error = None
        intent.next_action = authentications.next_action(intent.return_url)
        intent_events.emit("payment_intent.requires_action", intent, work)
    if columns is not None:
        work.update(intent, *STARTED, *columns)
    return None


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


def _check_payer_is_there(method: PaymentMethod, session: ConfirmationOptions) -> None:
    """Refuse a code for a payer who is not there.

    Raises:
        InvalidRequest: If the payer is not there, or is not to do anything.
    """
    for is_given, param in (
        (session.is_off, "off_session"),
        (session.refuses_actions, "error_on_requires_action"),
    ):
        if is_given:
            raise InvalidRequest(
                f"A {method.type} is paid by the payer, who has to scan a code: leave {param} "
                "away.",
                code="payment_intent_invalid_parameter",
                param=param,
            )


def _refuse_action(work: UnitOfWork, intent: PaymentIntent, method: PaymentMethod) -> None:
    """Fail an attempt that would need the payer, as the merchant asked."""
    intent.move_to(IntentStatus.REQUIRES_PAYMENT_METHOD)
    intent.payment_method = None
    intent.last_payment_error = {
        "code": "authentication_required",
        "message": "Your card was declined. This transaction requires authentication.",
        "payment_method": resources.payment_method(method),
        "type": "card_error",
    }
    intent_events.emit("payment_intent.payment_failed", intent, work)


def _method_of(intent: PaymentIntent) -> PaymentMethod:
    if intent.payment_method_id is None:
        raise UnexpectedState(
            "You cannot confirm this PaymentIntent because it's missing a payment method. Pass "
            "`payment_method`, or update the PaymentIntent with one first.",
            extra={"payment_intent": resources.payment_intent(intent)},
        )
    if not PaymentIntent.payment_method.is_cached(intent):
        intent.payment_method = payment_methods.lock(intent.tenant, intent.payment_method_id)
    assert intent.payment_method
    return intent.payment_method


def start(
    work: UnitOfWork,
    intent: PaymentIntent,
    *,
    at: datetime,
    charge_id: str | None = None,
    evidence: Authentication | None = None,
    session: ConfirmationOptions | None = None,
) -> Charge:
    """Start an attempt: the intent is processing, with a pending charge.

    Args:
        work: The unit of work.
        intent: The intent, locked, with its payment method.
        at: The moment of the request.
        charge_id: A reserved id.
        evidence: The payer's authentication, used by this attempt.
        session: How the merchant confirms; None if the payer has just been asked.

    Raises:
        UnexpectedState: If the intent has no payment method.
        InvalidRequest: If there is no rail for it.
    """
    require_transaction()
    method = _method_of(intent)
    try:
        charge = started_charges.build(intent, method, charge_id=charge_id or new_id("ch"), at=at)
    except registry.NoRail as error:
        raise InvalidRequest(str(error), code="account_invalid") from error
    if evidence is not None:
        evidence.charge_id = charge.id
        charge.three_d_secure = authentications.render_evidence(evidence)
    charge.is_off_session = session is not None and session.is_off
    mandates.use_for(work, charge, session or NO_OPTIONS)
    intent.move_to(IntentStatus.PROCESSING)
    intent.latest_charge_id = charge.id
    intent.processing_since = at
    intent.last_payment_error = None
    intent.next_action = None
    work.insert(charge)
    if not intent.setup_future_usage:
        payment_methods.mark_used(work, method)
    return charge
