"""Payment intents: create, confirm, update; what has no answer is asked after."""

import logging
from datetime import datetime, timedelta

from core import request_context
from core.ids import random_text
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply
from operations import polling, recovery
from operations.unit_of_work import UnitOfWork
from payments.charges import holders
from payments.charges.services import (
    charges,
    intent_events,
    unresolved_requests,
)
from payments.charges.services.actions import charge_actions
from payments.intents.services import (
    attempt_errors,
    completion,
    confirmation,
    confirmation_tokens,
    intent_locks,
    intent_validation,
    payer_actions,
    withdrawals,
)
from payments.methods import card_installments, confirmation_options
from payments.methods.confirmation_options import NO_OPTIONS, ConfirmationOptions
from payments.methods.services.instruments import processor_tokens
from payments.models import Charge, PaymentIntent
from payments.states import WAITING, IntentStatus

logger = logging.getLogger(__name__)

# What the payer was asked about.
_AUTHENTICATED = frozenset({"amount", "currency", "on_behalf_of", "payment_method"})
# What decides which capabilities count.
_OF_CAPABILITIES = frozenset({"on_behalf_of", "payment_method_types"})
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
    intent = _draft(tenant, intent_id, at=at, amount=amount, currency=currency, **details)
    payment_method = processor_tokens.describe(tenant, payment_method)
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


def open_held(
    work: UnitOfWork, intent_id: str, *, held_by: str, at: datetime, **columns: object
) -> PaymentIntent:
    """Add an intent that something above holds, as a step of it.

    Args:
        work: The unit of work of the holder, whose tenant the intent gets.
        intent_id: `pi_...`.
        held_by: The holder's id. See `payments/charges/holders.py`.
        at: The moment of the request.
        columns: Further columns of the intent, its amount and currency among them.

    Raises:
        InvalidRequest: If the amount, currency or the split is not possible.
    """
    assert work.tenant is not None
    intent = _draft(work.tenant, intent_id, at=at, held_by=held_by, **columns)
    work.insert(intent)
    intent_events.emit("payment_intent.created", intent, work)
    return intent


def check_new(tenant: Tenant, *, at: datetime, **columns: object) -> None:
    """Refuse what no intent could be made of, without making one.

    Args:
        tenant: The merchant.
        at: The moment of the request.
        columns: What the intent would have.

    Raises:
        InvalidRequest: If the amount, currency or the split is not possible.
        Missing: If the merchant has no such seller.
    """
    _draft(tenant, "", at=at, **columns)


@withdrawals.withdraws_code
def confirm(
    *,
    tenant: Tenant,
    intent_id: str,
    payment_method: str | Fields | None = None,
    confirmation_token: str | None = None,
    session: ConfirmationOptions = NO_OPTIONS,
    amount_to_confirm: int | None = None,
    held_by: str | None = None,
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
        held_by: The holder that confirms it; None for anybody else.
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
    payment_method = processor_tokens.describe(tenant, payment_method)
    with UnitOfWork(tenant, at=at) as work:
        intent = intent_locks.lock(tenant, intent_id)
        holders.check(intent, held_by, "confirm")
        if intent.status not in WAITING:
            raise attempt_errors.unexpected_state(intent, "confirm", WAITING)
        wants_code = not (payment_method or confirmation_token or changes)
        if payer_actions.awaits_this_request(intent) or (
            charge_actions.is_open(intent) and wants_code
        ):
            return intent
        columns = set(changes) | _apply(tenant, intent, changes)
        intent_validation.check_whole(intent, amount_to_confirm)
        # They may have been stopped, or deleted, since the intent was made.
        again = intent_validation.SELLERS | ({"customer_id"} if session.is_off else set())
        intent_validation.check_references(tenant, intent, only=again - changes.keys())
        if intent.status == IntentStatus.REQUIRES_ACTION:
            payer_actions.cancel_authentication(work, intent, at=at)
        if confirmation_token:
            columns |= set(confirmation_tokens.COLUMNS)
            payment_method, session = confirmation_tokens.use(
                work, intent, confirmation_token, session, at=at
            )
        if payment_method:
            confirmation.use(work, intent, payment_method, at=at)
        holders.begin(work, intent)
        started = confirmation.begin(
            work, intent, session=session, columns=sorted(columns), at=at, charge_id=charge_id
        )
    return completion.complete(intent, started, at=at)


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
    payment_method = processor_tokens.describe(tenant, payment_method)
    with UnitOfWork(tenant, at=at) as work:
        intent = intent_locks.lock(tenant, intent_id)
        if payment_method or not set(changes) <= _WORDS_ONLY:
            holders.check(intent, None, "update")
        if intent.status not in WAITING and (payment_method or not set(changes) <= _WORDS_ONLY):
            raise attempt_errors.unexpected_state(intent, "update", WAITING)
        columns = _apply(tenant, intent, changes)
        columns |= set(changes)
        changed = columns | ({"payment_method"} if payment_method else set())
        if intent.status == IntentStatus.REQUIRES_ACTION and changed & _AUTHENTICATED:
            # The payer agreed to something else.
            payer_actions.cancel_authentication(work, intent, at=at)
            columns |= {"status", "next_action"}
        if payment_method:
            confirmation.use(work, intent, payment_method, at=at)
            columns |= {"payment_method", "payment_method_options", "status"}
        elif "payment_method_options" in changes and intent.payment_method:
            card_installments.offer(intent, intent.payment_method)
        if changed & _AUTHENTICATED:
            withdrawals.check_not_shown(intent)
        if columns:
            work.update(intent, *sorted(columns))
    return intent


def _draft(tenant: Tenant, intent_id: str, *, at: datetime, **columns: object) -> PaymentIntent:
    intent = PaymentIntent(
        id=intent_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        client_secret=f"{intent_id}_secret_{random_text(25)}",
        created_at=at,
        **columns,
    )
    intent_validation.check_amount(intent)
    intent_validation.check_split(intent)
    intent_validation.check_references(tenant, intent)
    intent_validation.note_capabilities(intent)
    return intent


def _apply(tenant: Tenant, intent: PaymentIntent, changes: JsonObject) -> set[str]:
    """Set what changes, checked; return the further columns that were set."""
    apply(intent, changes)
    intent_validation.check_amount(intent)
    intent_validation.check_split(intent)
    intent_validation.check_references(tenant, intent, only=set(changes))
    if not changes.keys() & _OF_CAPABILITIES:
        return intent_validation.refresh_capabilities(intent)
    intent_validation.note_capabilities(intent)
    return {"lacking_types"}


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
        .exclude(id__in=unresolved_requests.waiting_ids(at))
        .order_by("payment_intent__processing_since")
    )

    def ask(charge: Charge) -> bool:
        return charges.poll(charge, at=at).payment_intent.processing_since is None

    return polling.each(waiting[:100], ask, failure=polling.NOT_SETTLED)
