"""The first half of attempts: the intent takes its method, and a charge is started."""

from collections.abc import Sequence
from datetime import datetime

from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.types import Fields
from operations.unit_of_work import UnitOfWork
from payments import method_types, resources
from payments.charges.services import started_charges
from payments.charges.services.started_charges import StartedCharge
from payments.intents.services import attempt_errors, attempts, payer_actions, withdrawals
from payments.methods import card_installments, payer_options
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import method_rules, payment_methods
from payments.methods.services.instruments import known_instruments
from payments.models import PaymentIntent, PaymentMethod
from payments.states import AuthenticationStatus, IntentStatus
from payments.three_d_secure.services import authentications


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
    card_installments.offer(intent, method)
    if method._state.adding:
        known_instruments.insert(work, method)
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
    method = method_of(intent)
    method_rules.check(intent, method)
    rules = method_types.of(method.type)
    if rules.is_push or rules.is_redirect:
        payer_actions.check_present(method, session)
        payer_options.check(intent, method.type, at=at)
    columns = _with_plans(intent, method, columns)
    withdrawals.check_not_shown(intent)
    authentication = None
    if not session.is_off:
        may_challenge = not session.refuses_actions
        authentication = authentications.ask(work, intent, at=at, may_challenge=may_challenge)
    if authentication is None or authentication.status == AuthenticationStatus.SUCCEEDED:
        charge = attempts.start(
            work,
            intent,
            method,
            at=at,
            charge_id=charge_id,
            authentication=authentication,
            session=session,
        )
        if authentication is not None and not authentication._state.adding:
            work.update(authentication, "charge_id")
        if columns is not None:
            work.update(intent, *attempts.STARTED, *columns)
        return started_charges.begin(work, charge)
    payer_actions.await_payer(work, intent, authentication, is_refused=session.refuses_actions)
    if columns is not None:
        work.update(intent, *attempts.STARTED, *columns)
    return None


def _with_plans(
    intent: PaymentIntent, method: PaymentMethod, columns: Sequence[str] | None
) -> Sequence[str] | None:
    """Offer instalments, check the plan that was chosen, and name the column that changed."""
    if not card_installments.offer(intent, method):
        return columns
    card_installments.check(intent, method)
    if columns is None:
        return None
    return tuple(dict.fromkeys((*columns, "payment_method_options")))


def method_of(intent: PaymentIntent) -> PaymentMethod:
    """Return the payment method of a locked intent, locked too.

    Raises:
        UnexpectedState: If it has none.
    """
    if intent.payment_method_id is None:
        raise attempt_errors.UnexpectedState(
            "You cannot confirm this PaymentIntent because it's missing a payment method. Pass "
            "`payment_method`, or update the PaymentIntent with one first.",
            extra={"payment_intent": resources.payment_intent(intent)},
        )
    if not PaymentIntent.payment_method.is_cached(intent):
        intent.payment_method = payment_methods.lock(intent.tenant, intent.payment_method_id)
    assert intent.payment_method
    return intent.payment_method
