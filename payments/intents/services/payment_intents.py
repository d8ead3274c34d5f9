"""Payment intents: create, confirm, capture, cancel."""

import logging
from datetime import datetime, timedelta

from core import request_context
from core.ids import random_text
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply
from operations import locking, polling, recovery
from operations.unit_of_work import UnitOfWork
from payments.charges.services import (
    captures,
    charges,
    intent_events,
    push_charges,
    unresolved_requests,
)
from payments.intents.services import (
    completion,
    confirmation,
    confirmation_tokens,
    intent_validation,
    withdrawals,
)
from payments.methods import confirmation_options
from payments.methods.confirmation_options import NO_OPTIONS, ConfirmationOptions
from payments.models import Charge, PaymentIntent
from payments.states import IntentStatus
from payments.three_d_secure.services import authentications

logger = logging.getLogger(__name__)

_WAITING = (
    IntentStatus.REQUIRES_PAYMENT_METHOD,
    IntentStatus.REQUIRES_CONFIRMATION,
    IntentStatus.REQUIRES_ACTION,
)
# What the payer was asked about.
_AUTHENTICATED = frozenset({"amount", "currency", "on_behalf_of", "payment_method"})
_WORDS_ONLY = frozenset({"description", "metadata", "transfer_group"})


def create(
    *,
    tenant: Tenant,
    amount: int,
    currency: str,
    payment_method: str | Fields | None = None,
    confirmation_token: str | None = None,
    confirm: bool = False,
    session: ConfirmationOptions = NO_OPTIONS,
    at: datetime,
    **details: object,
) -> PaymentIntent:
    """Create a payment intent, and with `confirm` confirm it at once.

    Args:
        tenant: The merchant.
        amount: Minor units.
        currency: Lower-case ISO code.
        payment_method: `pm_...`, a test token, or `payment_method_data`.
        confirmation_token: `ctoken_...`: what the payer entered on the checkout page.
        confirm: True to charge the payment method now.
        session: The options of the confirmation.
        at: The moment of the request.
        details: Further columns of the intent.

    Raises:
        InvalidRequest: If the amount, currency or the split is not possible.
        CardError: If the processor declined. The intent and the failed try are kept.
    """
    intent_id = request_context.reserved_id("pi")
    if done := recovery.resume(lambda: completion.resume_intent(tenant, intent_id, at=at)):
        return done
    confirmation_options.check_options(session, is_confirmed=confirm)
    intent_validation.check_confirmation(confirmation_token, is_confirmed=confirm)
    intent = PaymentIntent(
        id=intent_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        amount=amount,
        currency=currency,
        client_secret=f"{intent_id}_secret_{random_text(25)}",
        created_at=at,
        **details,
    )
    intent_validation.check_amount(intent)
    intent_validation.check_split(intent)
    intent_validation.check_references(tenant, intent)
    with UnitOfWork(tenant, at=at) as work:
        work.insert(intent)
        if confirmation_token:
            payment_method, session = confirmation_tokens.use(
                work, intent, confirmation_token, session, at=at
            )
        if payment_method:
            confirmation.use(work, intent, payment_method, at=at)
        intent_events.emit("payment_intent.created", intent, work)
        if not confirm:
            return intent
        started = confirmation.begin(work, intent, session=session, columns=None, at=at)
    return completion.complete(intent, started, at=at)


@withdrawals.withdraws_code
def confirm(
    *,
    tenant: Tenant,
    intent_id: str,
    payment_method: str | Fields | None = None,
    confirmation_token: str | None = None,
    session: ConfirmationOptions = NO_OPTIONS,
    amount_to_confirm: int | None = None,
    at: datetime,
    **changes: object,
) -> PaymentIntent:
    """Confirm an intent: charge its payment method.

    Runs as two transactions with the processor's call between them, so that no row
    is locked while we wait and no charge exists only at the processor.

    Args:
        tenant: The merchant; it sees only its own intents.
        intent_id: `pi_...`.
        payment_method: The payment method to charge; None for the intent's.
        confirmation_token: `ctoken_...`: what the payer entered on the checkout page.
        session: The options of the confirmation.
        amount_to_confirm: The amount that the caller expects.
        at: The moment of the request.
        changes: Columns to change on the way, such as `receipt_email`.

    Raises:
        Missing: If the merchant has no such intent or payment method.
        UnexpectedState: If the intent is not waiting for a payment.
        InvalidRequest: If the amount is another one.
        CardError: If the processor declined. The failed try is kept.
    """
    charge_id = request_context.reserved_id("ch")
    confirmation_options.check_options(session, is_confirmed=True)
    if done := recovery.resume(lambda: completion.resume_charge(tenant, charge_id, at=at)):
        return done
    with UnitOfWork(tenant, at=at) as work:
        intent = lock(tenant, intent_id)
        if intent.status not in _WAITING:
            raise confirmation.unexpected_state(intent, "confirm", _WAITING)
        wants_code = not (payment_method or confirmation_token or changes)
        if _awaits_this_request(intent) or (push_charges.is_shown(intent) and wants_code):
            return intent
        _apply(tenant, intent, changes)
        intent_validation.check_whole(intent, amount_to_confirm)
        # They may have been stopped, or deleted, since the intent was made.
        again = intent_validation.SELLERS | ({"customer_id"} if session.is_off else set())
        intent_validation.check_references(tenant, intent, only=again - changes.keys())
        if intent.status == IntentStatus.REQUIRES_ACTION:
            _cancel_authentication(work, intent, at=at)
        columns = set(changes)
        if confirmation_token:
            columns |= set(confirmation_tokens.COLUMNS)
            payment_method, session = confirmation_tokens.use(
                work, intent, confirmation_token, session, at=at
            )
        if payment_method:
            confirmation.use(work, intent, payment_method, at=at)
        started = confirmation.begin(
            work, intent, session=session, columns=sorted(columns), at=at, charge_id=charge_id
        )
    return completion.complete(intent, started, at=at)


def capture(
    *,
    tenant: Tenant,
    intent_id: str,
    amount_to_capture: int | None = None,
    application_fee_amount: int | None = None,
    transfer_amount: int | None = None,
    at: datetime,
    **changes: object,
) -> PaymentIntent:
    """Capture an authorisation, in full or in part; the rest is released.

    Args:
        tenant: The merchant.
        intent_id: `pi_...`.
        amount_to_capture: Minor units; None for all of it.
        application_fee_amount: A lower fee for a lower amount.
        transfer_amount: A lower transfer for a lower amount.
        at: The moment of the request.
        changes: Columns of the charge to change on the way.

    Raises:
        Missing: If the merchant has no such intent.
        UnexpectedState: If nothing is authorised.
        InvalidRequest: If more is asked for than was authorised.
    """
    with UnitOfWork(tenant, at=at) as work:
        intent = lock(tenant, intent_id)
        charge = _lock_authorization(intent, "capture")
        if intent.status == IntentStatus.SUCCEEDED:
            return intent
        if charge.open_request is None:
            captures.request_capture(charge, intent, amount_to_capture)
            if application_fee_amount is not None:
                charge.application_fee_amount = application_fee_amount
            if transfer_amount is not None:
                charge.transfer_amount = transfer_amount
            apply(charge, changes)
            intent_validation.check_capture(charge, is_split_anew="split" in changes)
            _open_request(
                work, intent, charge, "application_fee_amount", "transfer_amount", *changes
            )
    return completion.finish(charge, intent, at=at)


def cancel(
    *, tenant: Tenant, intent_id: str, cancellation_reason: str | None = None, at: datetime
) -> PaymentIntent:
    """Cancel an intent, and release its authorisation.

    Args:
        tenant: The merchant.
        intent_id: `pi_...`.
        cancellation_reason: A word of the wire, such as `"duplicate"`.
        at: The moment of the request.

    Raises:
        Missing: If the merchant has no such intent.
        UnexpectedState: If it is processing, paid or canceled.
    """
    recovering = recovery.is_under_way()
    with UnitOfWork(tenant, at=at) as work:
        intent = lock(tenant, intent_id)
        if recovering and intent.status == IntentStatus.CANCELED:
            return intent
        if push_charges.is_shown(intent):
            intent.cancellation_reason = cancellation_reason
            charge = withdrawals.open_request(work, intent, "cancel")
        elif intent.status in _WAITING:
            if intent.status == IntentStatus.REQUIRES_ACTION:
                _cancel_authentication(work, intent, at=at)
            work.change(
                intent,
                status=IntentStatus.CANCELED,
                canceled_at=at,
                cancellation_reason=cancellation_reason,
                next_action=None,
            )
            intent_events.emit("payment_intent.canceled", intent, work)
            return intent
        else:
            charge = _lock_authorization(intent, "cancel")
            if charge.open_request is None:
                charge.open_request = "void"
                charge.open_request_amount = 0
                intent.cancellation_reason = cancellation_reason
                _open_request(work, intent, charge)
    if charge.open_request in push_charges.WITHDRAWALS:
        intent = withdrawals.finish(charge, at=at)
        if intent.status == IntentStatus.SUCCEEDED:
            raise confirmation.unexpected_state(intent, "cancel", _WAITING)
        return intent
    return completion.finish(charge, intent, at=at)


@withdrawals.withdraws_code
def update(
    *,
    tenant: Tenant,
    intent_id: str,
    payment_method: str | Fields | None = None,
    changes: JsonObject,
    at: datetime,
) -> PaymentIntent:
    """Change an intent that is waiting; its description and metadata at any time.

    Raises:
        Missing: If the merchant has no such intent, payment method or customer.
        UnexpectedState: If it is no longer waiting and more than words would change.
        InvalidRequest: If the amount, currency or the split is not possible.
    """
    with UnitOfWork(tenant, at=at) as work:
        intent = lock(tenant, intent_id)
        if intent.status not in _WAITING and (payment_method or not set(changes) <= _WORDS_ONLY):
            raise confirmation.unexpected_state(intent, "update", _WAITING)
        _apply(tenant, intent, changes)
        columns = set(changes)
        changed = columns | ({"payment_method"} if payment_method else set())
        if intent.status == IntentStatus.REQUIRES_ACTION and changed & _AUTHENTICATED:
            # The payer agreed to something else.
            _cancel_authentication(work, intent, at=at)
            columns |= {"status", "next_action"}
        if payment_method:
            confirmation.use(work, intent, payment_method, at=at)
            columns |= {"payment_method", "status"}
        if changed & _AUTHENTICATED:
            withdrawals.check_not_shown(intent)
        if columns:
            work.update(intent, *sorted(columns))
    return intent


def _apply(tenant: Tenant, intent: PaymentIntent, changes: JsonObject) -> None:
    apply(intent, changes)
    intent_validation.check_amount(intent)
    intent_validation.check_split(intent)
    intent_validation.check_references(tenant, intent, only=set(changes))


def _awaits_this_request(intent: PaymentIntent) -> bool:
    """Tell whether an earlier run of this request waits for the payer already."""
    return (
        recovery.is_under_way()
        and intent.status == IntentStatus.REQUIRES_ACTION
        and intent.authentication_id == request_context.reserved_id("tds")
    )


def _cancel_authentication(work: UnitOfWork, intent: PaymentIntent, *, at: datetime) -> None:
    """Cancel the intent's authentication; a code is withdrawn only once all else is in order."""
    if push_charges.is_shown(intent):
        return
    authentications.cancel_open(work, intent, at=at)
    intent.next_action = None
    intent.move_to(IntentStatus.REQUIRES_CONFIRMATION)


def repair(*, at: datetime, older_than: timedelta = timedelta(seconds=30)) -> int:
    """Poll the rails for charges without a final outcome, at growing intervals.

    A request that never arrived is sent again with its own key, so whoever sends
    it, there is one charge; nothing is ever called failed because we do not know.

    Args:
        at: The moment, in UTC.
        older_than: The age at which a request is polled.

    Returns:
        How many intents have their answer now.
    """
    waiting = (
        Charge.objects.select_related("payment_intent", "payment_method")
        .exclude(open_request=None)
        .filter(payment_intent__processing_since__lt=at - older_than)
        .exclude(id__in=unresolved_requests.not_due(at))
        .order_by("payment_intent__processing_since")
    )

    def ask(charge: Charge) -> bool:
        return charges.poll(charge, at=at).payment_intent.processing_since is None

    return polling.each(waiting[:100], ask, failure=polling.NOT_SETTLED)


def lock(tenant: Tenant, intent_id: str) -> PaymentIntent:
    """Return a merchant's intent, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    rows = PaymentIntent.objects.all()
    return locking.lock(rows, tenant, intent_id, kind="payment_intent", param="intent")


def _lock_authorization(intent: PaymentIntent, verb: str) -> Charge:
    """Return the charge that holds a locked intent's authorisation, locked too."""
    # A capture or void that was cut off is taken up again by the request's repetition.
    done = IntentStatus.SUCCEEDED if verb == "capture" else IntentStatus.PROCESSING
    resumable = recovery.is_under_way() and intent.status in (IntentStatus.PROCESSING, done)
    if intent.status != IntentStatus.REQUIRES_CAPTURE and not resumable:
        raise confirmation.unexpected_state(intent, verb, (IntentStatus.REQUIRES_CAPTURE,))
    charge = charges.lock(intent.tenant, str(intent.latest_charge_id))
    charge.payment_intent = intent
    return charge


def _open_request(work: UnitOfWork, intent: PaymentIntent, charge: Charge, *changed: str) -> None:
    """Open a request about an authorisation."""
    intent.move_to(IntentStatus.PROCESSING)
    intent.processing_since = work.at
    work.update(intent, "status", "processing_since", "cancellation_reason")
    work.update(charge, "open_request", "open_request_amount", *changed)
