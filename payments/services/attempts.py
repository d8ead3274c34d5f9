"""One try to charge: begun in one transaction, ended in another, the rail's call between."""

from collections.abc import Sequence
from datetime import datetime

from connect.services.movements import Movement
from core.db import atomic, require_transaction
from core.errors import CardError, InvalidRequest
from core.ids import new_id
from core.tenant import Tenant
from payments import resources
from payments.models import Charge, PaymentIntent
from payments.services import charges, payment_methods
from payments.services.charges import Begun
from payments.states import ChargeStatus, IntentStatus
from processors import registry
from processors.base import ProcessorUnavailable


class UnexpectedState(InvalidRequest):
    """The intent is not in a state in which this can be done."""

    default_code = "payment_intent_unexpected_state"


def unexpected(intent: PaymentIntent, verb: str, needed: Sequence[IntentStatus]) -> UnexpectedState:
    """Make the answer for an intent in the wrong state; the intent is inside."""
    return UnexpectedState(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent.status}. Only a "
        f"PaymentIntent with one of the following statuses may be used: {', '.join(needed)}.",
        extra={"payment_intent": resources.payment_intent(intent)},
    )


def use(movement: Movement, intent: PaymentIntent, method_id: str, *, at: datetime) -> None:
    """Give an intent the payment method that it will charge.

    Raises:
        Missing: If the merchant has no such payment method.
        InvalidRequest: If the payment method is another customer's.
    """
    require_transaction()
    method = payment_methods.find(intent.tenant, method_id, at=at)
    if method.customer_id and method.customer_id != intent.customer_id:
        raise InvalidRequest(
            "The provided PaymentMethod belongs to a customer. To use it, also pass that "
            "customer as `customer`.",
            code="payment_intent_invalid_parameter",
            param="payment_method",
        )
    if method._state.adding:
        movement.insert(method)
    intent.payment_method = method
    if intent.status == IntentStatus.REQUIRES_PAYMENT_METHOD:
        intent.move_to(IntentStatus.REQUIRES_CONFIRMATION)


def start(
    movement: Movement, intent: PaymentIntent, *, at: datetime, charge_id: str | None = None
) -> Charge:
    """Begin a try: the intent processes, and a pending charge stands for it.

    Raises:
        UnexpectedState: If the intent has no payment method.
        InvalidRequest: If there is no rail for it.
    """
    require_transaction()
    method = intent.payment_method
    if method is None:
        raise UnexpectedState(
            "You cannot confirm this PaymentIntent because it's missing a payment method. Pass "
            "`payment_method`, or update the PaymentIntent with one first.",
            extra={"payment_intent": resources.payment_intent(intent)},
        )
    try:
        charge = charges.open_for(intent, method, charge_id=charge_id or new_id("ch"), at=at)
    except registry.NoRail as error:
        raise InvalidRequest(str(error), code="account_invalid") from error
    intent.move_to(IntentStatus.PROCESSING)
    intent.latest_charge_id = charge.id
    intent.processing_since = at
    intent.last_payment_error = None
    movement.insert(charge)
    return charge


def finish(
    charge: Charge, intent: PaymentIntent, *, at: datetime, begun: Begun | None = None
) -> PaymentIntent:
    """Ask the rail and record what it says.

    Args:
        charge: With an open request.
        intent: Its intent.
        at: The moment of the request.
        begun: What `charges.begin` said when it was opened, if that was just now.

    Returns:
        The intent as it now is; still processing if no answer came.

    Raises:
        CardError: If the rail declined.
    """
    try:
        outcome = charges.ask(charge, charge.payment_method, intent)
    except ProcessorUnavailable:
        with atomic():
            movement = Movement(intent.livemode, at)
            movement.tell(
                "payment_intent.processing", intent.tenant, resources.payment_intent(intent)
            )
            movement.commit()
        return intent
    return _answered(charges.settle(charge.id, outcome, at=at, begun=begun))


def resume_intent(tenant: Tenant, intent_id: str, *, at: datetime) -> PaymentIntent | None:
    """Take up an intent that a request made before it was cut off.

    Returns:
        The intent as it stands, its open try finished; None if the request was cut
        off before it made anything.
    """
    intent = PaymentIntent.objects.filter(
        id=intent_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if intent is None or intent.latest_charge_id is None:
        return intent
    return resume_charge(tenant, intent.latest_charge_id, at=at)


def resume_charge(tenant: Tenant, charge_id: str, *, at: datetime) -> PaymentIntent | None:
    """Take up a try that a request began before it was cut off. See `resume_intent`."""
    charge = (
        Charge.objects.select_related("payment_intent", "payment_method")
        .filter(id=charge_id, account_id=tenant.account_id, livemode=tenant.livemode)
        .first()
    )
    if charge is None:
        return None
    if charge.open_request:
        return finish(charge, charge.payment_intent, at=at)
    return _answered(charge)


def _answered(charge: Charge) -> PaymentIntent:
    # Raised only now: inside a transaction it would undo the record of the decline.
    if charge.status == ChargeStatus.FAILED:
        raise _declined(charge)
    return charge.payment_intent


def _declined(charge: Charge) -> CardError:
    said = charges.error_of(charge)
    intent = charge.payment_intent
    return CardError(
        str(said.pop("message")),
        code=str(said.pop("code")),
        extra=said
        | {
            "payment_intent": resources.payment_intent(intent),
            "payment_method": resources.payment_method(charge.payment_method),
        },
    )
